import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startRedisServer } from '../../server/embedded-redis/start-redis-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Redis that all test files share: use a key prefix of your own. */
    redisUrl: string;
  }
}

/** Starts one real Redis for the whole run. Without it the run fails, because no test may pass by being skipped. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-redis-'));
  const redis = await startRedisServer({ dir, appendOnly: false });
  project.provide('redisUrl', redis.url);
  return async () => {
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
