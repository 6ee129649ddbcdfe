import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lockDataDir } from './data-dir-lock.ts';
import { startRedisServer } from './start-redis-server.ts';
import type { RedisServer, RedisServerOptions } from './start-redis-server.ts';

export interface EmbeddedRedis {
  /** The address, which stays the same when the redis-server is started again. */
  readonly url: string;
  /** The folder that holds the data, absolute. */
  readonly dir: string;
  /** The process id of the present redis-server. */
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
}

interface EmbeddedRedisOptions {
  readonly dataDir: string;
  /** Called with a message for people when a redis-server that died was started again, or can't be. */
  readonly report: (message: string) => void;
}

type Address = Pick<RedisServerOptions, 'port' | 'password'>;

/**
 * Starts the server's own Redis on the data of `dataDir`, which survives it: acknowledged writes are on the disk.
 * A Redis that a killed server left running on the same data is ended first; one that dies is started again.
 * @throws Error when another live server uses that folder, or no Redis can be started; the message says what to do
 */
export async function startEmbeddedRedis({ dataDir, report }: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const dir = resolve(dataDir, 'redis');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const lock = await lockDataDir(resolve(dataDir));
  const launch = async (address: Address): Promise<RedisServer> => {
    const redis = await startRedisServer({
      ...address,
      dir,
      appendOnly: true,
      // With `everysec` a write is acknowledged before it is in the file while the last sync still runs.
      extraConfig: ['appendfsync always'],
      beforeLaunch: (url) => lock.noteRedis({ url, redisPid: null }),
    });
    await lock.noteRedis({ url: redis.url, redisPid: redis.pid });
    return redis;
  };
  try {
    const kept = keepRunning(await launch({}), launch, report);
    const stop = async (): Promise<void> => {
      await kept.stop();
      await lock.release();
    };
    return { url: kept.url, dir, pid: kept.pid, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

// Long enough for a Redis that keeps dying not to keep the machine busy, short enough for a disk that has space again.
const pauses = { first: 1_000, longest: 15_000 };
/** A redis-server that ran longer than this started properly, so the next one starts without a pause. */
const properStartMs = 10_000;

/**
 * Starts the redis-server again at the same address whenever it dies, until it is told to stop. Where it can't be
 * started (the disk is full, say) or keeps dying, it is tried again after a pause; that is reported once, and once that
 * it is back.
 */
function keepRunning(
  first: RedisServer,
  relaunch: (address: Address) => Promise<RedisServer>,
  report: (message: string) => void,
): Omit<EmbeddedRedis, 'dir'> {
  let current = first;
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopping = (): boolean => signal.aborted;
  let startedAt = performance.now();
  let pauseMs = 0;

  /** Settles with a running redis-server, or when it is told to stop. */
  const restart = async (): Promise<void> => {
    let isReported = false;
    if (performance.now() - startedAt > properStartMs) pauseMs = 0;
    while (!isStopping()) {
      await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
      if (isStopping()) return;
      pauseMs = Math.min(Math.max(2 * pauseMs, pauses.first), pauses.longest);
      try {
        current = await relaunch({ port: first.port, password: first.password });
        startedAt = performance.now();
        report('The redis-server of this server died and was started again, with its data.');
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!isReported)
          report(`The redis-server of this server died and can't be started; it is tried again. ${reason}`);
        isReported = true;
      }
    }
  };
  const keep = async (): Promise<void> => {
    while (!isStopping()) {
      await current.exited;
      if (!isStopping()) await restart();
    }
  };

  const kept = keep();
  return {
    url: first.url,
    pid: () => current.pid,
    stop: async () => {
      stopping.abort();
      await current.stop();
      // A start that was under way ends first, so that nothing is left running.
      await kept;
      await current.stop();
    },
  };
}
