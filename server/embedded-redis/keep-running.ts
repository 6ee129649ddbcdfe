import { setTimeout } from 'node:timers/promises';
import type { RedisServer } from './start-redis-server.ts';

interface KeptRedis extends Pick<RedisServer, 'url' | 'stop'> {
  readonly pid: () => number;
}

/** Starts another redis-server at the same address, on the same data. */
type Relaunch = (address: Pick<RedisServer, 'port' | 'password'>) => Promise<RedisServer>;

// Long enough for one that keeps dying not to keep the machine busy, short enough for a disk that has space again.
const pauses = { first: 1_000, longest: 15_000 };
/** One that lives longer than this did not die of its start. */
const soonMs = 10_000;

/**
 * Starts the redis-server again whenever it dies, until it is told to stop. Where it can't be started, because the disk is
 * full, say, or keeps dying, it is tried again after a pause; that is told once, and once that it is back.
 */
export function keepRunning(
  first: RedisServer,
  relaunch: Relaunch,
  report: (message: string) => void,
): KeptRedis {
  let current = first;
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopping = (): boolean => signal.aborted;
  let startedAt = performance.now();
  let pauseMs = 0;

  /** Settles with a running one, or when it is told to stop. */
  const restart = async (): Promise<void> => {
    let isTold = false;
    if (performance.now() - startedAt > soonMs) pauseMs = 0;
    while (!isStopping()) {
      await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
      if (isStopping()) return;
      pauseMs = Math.min(Math.max(2 * pauseMs, pauses.first), pauses.longest);
      try {
        current = await relaunch(first);
        startedAt = performance.now();
        report('The redis-server of this server died and was started again, with its data.');
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!isTold)
          report(`The redis-server of this server died and can't be started; it is tried again. ${reason}`);
        isTold = true;
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
