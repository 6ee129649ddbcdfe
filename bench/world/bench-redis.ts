import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '../../server/embedded-redis/start-redis-server.ts';
import type { RedisServerOptions } from '../../server/embedded-redis/start-redis-server.ts';
import { RedisCounters } from './redis-counters.ts';

/** A Redis of the bench's own, or several that make one. */
export interface BenchRedis extends AsyncDisposable {
  /** The value of REDIS_URL. */
  readonly url: string;
  readonly counters: RedisCounters;
}

/** The persistence of a Redis: no file of commands, or one that is synced every second or at every write. */
export type Persistence = 'none' | 'everysec' | 'always';

/** Starts a Redis with its files in a temporary folder; disposal removes both. */
export async function startBenchRedis(persistence: Persistence = 'none'): Promise<BenchRedis> {
  const server = await startTemporaryRedis({
    appendOnly: persistence !== 'none',
    extraConfig: persistence === 'none' ? [] : [`appendfsync ${persistence}`],
  });
  const counters = new RedisCounters([server.url]);
  return {
    url: server.url,
    counters,
    [Symbol.asyncDispose]: async () => {
      counters.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

type TemporaryOptions = Pick<RedisServerOptions, 'appendOnly' | 'extraConfig' | 'password'>;

export async function startTemporaryRedis(options: TemporaryOptions) {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-bench-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  const server = await startRedisServer({ ...options, dir });
  return {
    url: server.url,
    port: server.port,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      process.off('exit', remove);
      remove();
    },
  };
}
