import type { RedisServer } from './start-redis-server.ts';

interface KeptRedis extends Pick<RedisServer, 'url' | 'stop'> {
  readonly pid: () => number;
}

/** Starts another redis-server at the same address, on the same data. */
type Relaunch = (address: Pick<RedisServer, 'port' | 'password'>) => Promise<RedisServer>;

/** Starts the redis-server again whenever it dies, until it is told to stop. One failure to start is the end of that. */
export function keepRunning(
  first: RedisServer,
  relaunch: Relaunch,
  report: (message: string) => void,
): KeptRedis {
  let current = first;
  let isStopping = false;
  let relaunched: Promise<void> = Promise.resolve();

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
    void current.exited.then(() => {
      if (!isStopping) relaunched = restart();
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
