import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '../../server/embedded-redis/start-redis-server.ts';

interface TemporaryRedis extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts a real Redis with its data in a temporary folder; disposal removes both.
 * @throws Error if this machine has no Redis; the message says what to do
 */
export async function temporaryRedis(): Promise<TemporaryRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  // Redis runs in a process group of its own. A signal that ends this process without its exit handlers would leave it
  // running.
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
