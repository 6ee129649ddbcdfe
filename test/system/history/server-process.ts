import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../../support/child-program.ts';
import type { ServerProcess } from './history.ts';
import { readJournal } from './journal.ts';
import { monotonicMs } from './monotonic.ts';
import { readySchema } from './server-commands.ts';
import type { Command } from './server-commands.ts';
import { writeServerOptions } from './server-options.ts';
import type { ServerOptions } from './server-options.ts';

interface Launch {
  readonly server: number;
  /** The program that it runs: this project's, or a mutant's. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly options: ServerOptions;
}

const startTimeoutMs = 90_000;

/** One server in a child process. */
export class LaunchedServer {
  readonly #launch: Launch;
  readonly #program: ReturnType<typeof startProgram>;
  #endedAt: number | null = null;
  #hasExited = false;

  constructor(launch: Launch) {
    this.#launch = launch;
    this.#program = startProgram(launch.program, {
      env: { ...launch.env, ...writeServerOptions(launch.options) },
    });
    void this.#program.exited.then(() => {
      this.#hasExited = true;
    });
  }

  /** Resolves with its address once it listens. */
  async ready(): Promise<string> {
    const limit = new AbortController();
    const tooLate = sleep(startTimeoutMs, undefined, { signal: limit.signal }).then(() =>
      Promise.reject(new Error(`a server did not start in time:\n${this.#program.stderr()}`)),
    );
    tooLate.catch(() => undefined);
    const { url } = await Promise.race([
      this.#program.next((message) => readySchema.parse(message)),
      tooLate,
    ]).finally(() => limit.abort());
    return url;
  }

  tell(command: Command): void {
    this.#program.tell(command);
  }

  pause(): void {
    this.#program.signal('SIGSTOP');
  }

  goOn(): void {
    this.#program.signal('SIGCONT');
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#hasExited) return;
    this.#endedAt = monotonicMs();
    this.#program.signal('SIGCONT');
    this.#program.signal(signal);
    await this.#program.exited;
  }

  get exited(): Promise<unknown> {
    return this.#program.exited;
  }

  async report(): Promise<ServerProcess> {
    const { server, options } = this.#launch;
    const journal = readJournal(await readFile(options.journalFile, 'utf8').catch(() => ''));
    const killedItself = journal.findLast(({ entry }) => entry.type === 'fired' && entry.action === 'kill');
    const endedAt = this.#endedAt ?? killedItself?.at ?? null;
    const crash = this.#hasExited && endedAt === null ? this.#program.stderr().slice(-2_000) : null;
    return { server, instance: options.instance, endedAt, crash, journal };
  }
}
