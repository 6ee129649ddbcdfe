import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { endWithUs } from '../../support/end-with-us.ts';
import type { ServerProcess } from './history.ts';
import { readJournal } from './journal.ts';
import { monotonicMs } from './monotonic.ts';
import { readySchema } from './server-commands.ts';
import type { Command } from './server-commands.ts';
import { writeServerOptions } from './server-options.ts';
import type { ServerOptions } from './server-options.ts';

interface Launch {
  readonly server: number;
  /** The sources that it runs: these, or a copy with a fault in it. */
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly options: ServerOptions;
}

const startTimeoutMs = 90_000;

/** One server in a process of its own. */
export class LaunchedServer {
  readonly #launch: Launch;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stderr = '';
  #endedAt: number | null = null;
  #hasExited = false;

  constructor(launch: Launch) {
    this.#launch = launch;
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'test/system/history/server-under-test.ts'], {
      cwd: launch.projectDir,
      env: { PATH: process.env['PATH'], ...launch.env, ...writeServerOptions(launch.options) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.#stderr += chunk));
    const letGo = this.#child.pid === undefined ? undefined : endWithUs(this.#child.pid);
    this.#exited = once(this.#child, 'close').then(() => {
      this.#hasExited = true;
      letGo?.();
    });
  }

  /** Resolves with its address once it listens. */
  async ready(): Promise<string> {
    const signal = AbortSignal.timeout(startTimeoutMs);
    const message = once(this.#child, 'message', { signal }).then(([first]) => readySchema.parse(first).url);
    const died = this.#exited.then(() =>
      Promise.reject(new Error(`a server did not start:\n${this.#stderr}`)),
    );
    message.catch(() => undefined);
    died.catch(() => undefined);
    return Promise.race([message, died]);
  }

  tell(command: Command): void {
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#hasExited) return;
    this.#endedAt = monotonicMs();
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    await this.#exited;
  }

  get exited(): Promise<unknown> {
    return this.#exited;
  }

  async report(): Promise<ServerProcess> {
    const { server, options } = this.#launch;
    const journal = readJournal(await readFile(options.journalFile, 'utf8').catch(() => ''));
    const killedItself = journal.findLast(({ entry }) => entry.type === 'fired' && entry.action === 'kill');
    const endedAt = this.#endedAt ?? killedItself?.at ?? null;
    const crash = this.#hasExited && endedAt === null ? this.#stderr.slice(-2_000) : null;
    return { server, instance: options.instance, endedAt, crash, journal };
  }
}
