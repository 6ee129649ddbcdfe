import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '../../server/embedded-redis/start-redis-server.ts';
import { endWithUs } from './end-with-us.ts';

interface OwnRedisOptions {
  readonly appendOnly?: boolean;
  /** @default 32 random bytes */
  readonly password?: string;
  /** Additional lines of redis.conf. */
  readonly extraConfig?: readonly string[];
}

/** Starts a Redis for one test that stops, kills or hangs it; use with `await using`. */
export async function startOwnRedis(options: OwnRedisOptions = {}) {
  const { appendOnly = false, extraConfig = [] } = options;
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-own-redis-'));
  let server = await startRedisServer({ ...options, dir, appendOnly });
  const { url, port, password } = server;
  let isRunning = true;
  const signal = (name: NodeJS.Signals) => process.kill(server.pid, name);
  let letGo = endWithUs(server.pid);
  const stop = async (): Promise<void> => {
    // Without SIGCONT, only the SIGKILL five seconds later would end a hung process.
    if (isRunning) signal('SIGCONT');
    isRunning = false;
    letGo();
    await server.stop();
  };
  return {
    url,
    port,
    password,
    stop,
    /** Kills it, as a crash does. */
    kill: async () => {
      isRunning = false;
      letGo();
      signal('SIGKILL');
      await server.exited;
    },
    /** Starts it again on the same port and files. */
    start: async () => {
      server = await startRedisServer({ dir, appendOnly, extraConfig, port, password });
      letGo = endWithUs(server.pid);
      isRunning = true;
    },
    /** Stops the process: its connections stay open and get no replies. */
    hang: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
