import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '../../server/embedded-redis/start-redis-server.ts';

interface TemporaryRedis extends AsyncDisposable {
  readonly url: string;
}

/**
 * A real Redis of one's own, with its data in a temporary folder; both are gone once it is disposed of.
 * @throws Error when there is no Redis on this machine; the message says what to do
 */
export async function temporaryRedis(): Promise<TemporaryRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  // A signal would end this process without its exit handlers, and leave Redis running: it is in a group of its own.
  const exit = (): void => process.exit(1);
  process.once('SIGINT', exit).once('SIGTERM', exit);
  try {
    const redis = await startRedisServer({ dir, appendOnly: true });
    process.once('exit', remove);
    return {
      url: redis.url,
      [Symbol.asyncDispose]: async () => {
        await redis.stop();
        process.off('SIGINT', exit).off('SIGTERM', exit).off('exit', remove);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
