import type { RedisServer } from './start-redis-server.ts';

interface KeptRedis extends Pick<RedisServer, 'url' | 'stop'> {
  readonly pid: () => number;
}

/** Starts another redis-server at the same address, on the same data. */
type Relaunch = (address: Pick<RedisServer, 'port' | 'password'>) => Promise<RedisServer>;

// One that dies so soon after its start, so often in a row, will not get better by being started again.
const soonMs = 10_000;
const mostSoonDeaths = 3;

/** Starts the redis-server again when it dies, until it is told to stop, it can't be started, or it keeps dying. */
export function keepRunning(
  first: RedisServer,
  relaunch: Relaunch,
  report: (message: string) => void,
): KeptRedis {
  let current = first;
  let isStopping = false;
  let relaunched: Promise<void> = Promise.resolve();
  let soonDeaths = 0;

  const restart = async (): Promise<void> => {
    try {
      current = await relaunch(first);
      report('The redis-server of this server died and was started again, with its data.');
      watch();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report(
        `The redis-server of this server died and can't be started: stop this server and start it. ${reason}`,
      );
    }
  };
  const watch = (): void => {
    const startedAt = performance.now();
    void current.exited.then(() => {
      if (isStopping) return;
      soonDeaths = performance.now() - startedAt < soonMs ? soonDeaths + 1 : 0;
      if (soonDeaths < mostSoonDeaths) relaunched = restart();
      else
        report('The redis-server of this server keeps dying: stop this server, and see to its data folder.');
    });
  };

  watch();
  return {
    url: first.url,
    pid: () => current.pid,
    stop: async () => {
      isStopping = true;
      await relaunched;
      await current.stop();
    },
  };
}
