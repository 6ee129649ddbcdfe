import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  claimOf,
  isOwnerAlive,
  readClaim,
  removeStaleClaim,
  replaceClaim,
  stakeClaim,
} from './data-dir-lock.ts';
import { keepRunning } from './keep-running.ts';
import { shutDownOrphan } from './shut-down-orphan.ts';
import { startRedisServer } from './start-redis-server.ts';
import type { RedisServer, RedisServerOptions } from './start-redis-server.ts';

export interface EmbeddedRedis {
  /** The same for its whole life, over restarts of the redis-server too. */
  readonly url: string;
  /** Where the data is, absolute. */
  readonly dir: string;
  /** The redis-server's process of the moment. */
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
}

interface EmbeddedRedisOptions {
  readonly dataDir: string;
  /** Told, in words for people, when the redis-server died and what became of it. */
  readonly report: (message: string) => void;
}

const maxAttempts = 5;

/**
 * Starts the server's own Redis on the data of `dataDir`, which survives it: acknowledged writes are on the disk.
 * A Redis that a killed server left running on the same data is ended first; one that dies is started again.
 * @throws Error when another live server uses that folder, or no Redis can be started; the message says what to do
 */
export async function startEmbeddedRedis({ dataDir, report }: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const dir = resolve(dataDir, 'redis');
  const claimPath = resolve(dataDir, 'redis.json');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await claimFolder(resolve(dataDir), claimPath);
  const launch = async (address: Pick<RedisServerOptions, 'port' | 'password'>): Promise<RedisServer> => {
    const redis = await startRedisServer({
      ...address,
      dir,
      appendOnly: true,
      // With `everysec` a write is acknowledged before it is in the file while the last sync still runs.
      extraConfig: ['appendfsync always'],
      beforeLaunch: (url) => replaceClaim(claimPath, claimOf({ url, redisPid: null })),
    });
    await replaceClaim(claimPath, claimOf({ url: redis.url, redisPid: redis.pid }));
    return redis;
  };
  try {
    const kept = keepRunning(await launch({}), launch, report);
    const stop = async (): Promise<void> => {
      await kept.stop();
      await rm(claimPath, { force: true });
    };
    return { url: kept.url, dir, pid: kept.pid, stop };
  } catch (error) {
    await rm(claimPath, { force: true });
    throw error;
  }
}

/** Makes this process the folder's only user, ending what a dead one left behind. */
async function claimFolder(dataDir: string, claimPath: string): Promise<void> {
  const claim = claimOf({ url: null, redisPid: null });
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (await stakeClaim(claimPath, claim)) return;
    const standing = await readClaim(claimPath);
    if (standing === null) continue;
    if (isOwnerAlive(standing)) {
      throw new Error(
        `Another Turnkeeper server (process ${standing.ownerPid}) is using the data in ${dataDir}. Stop it, or start this one ` +
          'with TURNKEEPER_DATA_DIR set to another folder, or give both one Redis through REDIS_URL.',
      );
    }
    await shutDownOrphan(standing);
    await removeStaleClaim(claimPath, standing);
  }
  throw new Error(`Other servers keep starting on the data in ${dataDir}: start this one again.`);
}
