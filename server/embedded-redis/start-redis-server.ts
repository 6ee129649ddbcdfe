import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface RedisServerOptions {
  /** The folder for its files; made when missing. */
  readonly dir: string;
  /** True to write commands to an append-only file, synced every second. */
  readonly appendOnly: boolean;
  /** @default a free loopback port */
  readonly port?: number;
  /** @default 32 random bytes */
  readonly password?: string;
  /** Lines of redis.conf that are added after ours. */
  readonly extraConfig?: readonly string[];
  /** @default the first `redis-server`, else `valkey-server`, on the PATH */
  readonly binary?: string;
  /** Awaited before each try, with the url: noted by then, it serves to reach the process even if we are killed. */
  readonly beforeLaunch?: (url: string) => Promise<void>;
}

interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RedisServer {
  /** `redis://:password@127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  readonly password: string;
  readonly pid: number;
  /** Settles when the process is gone, however it ended. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end, then kills it after 5 s; settles when it is gone. Safe to call again. */
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 10_000;
const stopTimeoutMs = 5_000;
const maxAttempts = 5;
const keptLogLines = 20;

/**
 * Starts a real Redis (or Valkey) on loopback behind a password, and waits until it accepts connections.
 * @throws Error when there is no binary (saying what to install), or it ends or isn't ready within 10 s (with its last
 * lines)
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const binary = options.binary ?? findRedisBinary();
  const password = options.password ?? randomBytes(32).toString('hex');
  await mkdir(options.dir, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`;
    await options.beforeLaunch?.(url);
    const outcome = await launch(binary, configLines(options, port, password));
    if (outcome.ready) {
      const { pid, exited, stop } = outcome;
      return { url, port, password, pid, exited, stop };
    }
    const portWasTaken = outcome.lines.some((line) => line.includes('Address already in use'));
    if (portWasTaken && options.port === undefined && attempt < maxAttempts) continue;
    throw new Error(
      [`${binary} did not start: ${outcome.problem}. Its last lines:`, ...outcome.lines].join('\n'),
    );
  }
}

function configLines(options: RedisServerOptions, port: number, password: string): string[] {
  return [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `requirepass ${JSON.stringify(password)}`,
    `dir ${JSON.stringify(options.dir)}`,
    'daemonize no',
    'save ""',
    `appendonly ${options.appendOnly ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    ...(options.extraConfig ?? []),
  ];
}

type Launch =
  | ({ readonly ready: true } & Pick<RedisServer, 'pid' | 'exited' | 'stop'>)
  | { readonly ready: false; readonly problem: string; readonly lines: readonly string[] };

async function launch(binary: string, config: readonly string[]): Promise<Launch> {
  // The configuration goes through stdin, so that the password is in no process list. Redis gets its own process group,
  // so that Ctrl-C ends our process in its own order, turns first, and does not take Redis away underneath it.
  const child = spawn(binary, ['-'], { stdio: 'pipe', detached: true });
  const exited = exitOf(child);
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  void exited.then(() => process.off('exit', endWithUs));
  // Writing to a process that could not start breaks the pipe; `exited` already says why it ended.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${config.join('\n')}\n`);
  const lines: string[] = [];
  const problem = await new Promise<string | null>((resolve) => {
    const settle = (outcome: string | null) => {
      clearTimeout(timeout);
      resolve(outcome);
    };
    const timeout = setTimeout(() => settle(`it was not ready within ${startTimeoutMs} ms`), startTimeoutMs);
    readLog(child, (line) => {
      lines.push(line);
      if (lines.length > keptLogLines) lines.shift();
      if (line.includes('Ready to accept connections')) settle(null);
    });
    void exited.then(({ code, signal, error }) =>
      settle(error?.message ?? `it ended (${signal ?? `exit code ${String(code)}`})`),
    );
  });
  if (problem !== null || child.pid === undefined) {
    child.kill('SIGKILL');
    await exited;
    return { ready: false, problem: problem ?? 'it has no process id', lines };
  }
  return {
    ready: true,
    pid: child.pid,
    exited: exited.then(({ code, signal }) => ({ code, signal })),
    stop: () => stopProcess(child, exited),
  };
}

function exitOf(
  child: ChildProcessWithoutNullStreams,
): Promise<ProcessExit & { readonly error: Error | null }> {
  return new Promise((resolve) => {
    // 'close' comes after 'exit', when its last lines have been read too.
    child.once('close', (code, signal) => resolve({ code, signal, error: null }));
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
  });
}

function readLog(child: ChildProcessWithoutNullStreams, onLine: (line: string) => void): void {
  // The log is read to its end: a full pipe would block Redis on it.
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
}

async function stopProcess(child: ChildProcessWithoutNullStreams, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timeout);
}

const binaryNames = ['redis-server', 'valkey-server'] as const;

/**
 * The path of the first `redis-server`, otherwise `valkey-server`, on the search path.
 * @throws Error saying what to install when there is neither
 */
export function findRedisBinary(searchPath = process.env['PATH'] ?? ''): string {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const name of binaryNames) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error(
    'Neither redis-server nor valkey-server is on the PATH. Install one (Debian, Ubuntu: "sudo apt-get install redis-server"; ' +
      'Fedora: "sudo dnf install redis"; Alpine: "sudo apk add redis"; macOS: "brew install redis"), ' +
      'or set REDIS_URL to a Redis that is already running.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
