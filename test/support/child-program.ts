import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './end-with-us.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

interface NodeOptions {
  /** Environment variables, in addition to a bare environment that has only PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default this project's folder */
  readonly cwd?: string;
  /** The standard input, which arrives all at once. @default none */
  readonly input?: string;
}

interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in a child process that ends when this process does, and reads its output; use with `await using`. */
export function startNode(
  args: readonly string[],
  { env = {}, cwd = projectDir, input = '' }: NodeOptions = {},
) {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } });
  // A program that ends before it has read its input closes the pipe.
  child.stdin.on('error', () => undefined).end(input);
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = once(child, 'close').then((): Ended => {
    letGo?.();
    return { exitCode: child.exitCode, stdout, stderr };
  });
  return {
    /** Returns the standard output so far. */
    printed: () => stdout,
    /** Resolves with the match once the standard output matches; rejects if the program exits first. */
    async hasPrinted(pattern: RegExp): Promise<readonly string[]> {
      for (;;) {
        const found = pattern.exec(stdout);
        if (found !== null) return found;
        const outcome = await Promise.race([once(child.stdout, 'data'), ended]);
        if ('stderr' in outcome) throw new Error(`it ended before that:\n${outcome.stderr}${outcome.stdout}`);
      }
    },
    /** Closes the reading end of one of its outputs, as `| head` does. */
    stopReading: (output: 'stdout' | 'stderr') => void child[output].destroy(),
    signal: (name: NodeJS.Signals): void => void child.kill(name),
    /** Settles when the process has exited, with all its output. */
    ended,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs Node in the same way, to its end. */
export function runNode(args: readonly string[], options: NodeOptions = {}): Promise<Ended> {
  return startNode(args, options).ended;
}

/** Returns the arguments with which Node runs a program: a bundle, or a TypeScript file of this project. */
export function runnable(program: string): string[] {
  return program.endsWith('.ts') ? ['--import', 'tsx', program] : [program];
}

/**
 * Runs a program in a child process that ends when this process does. The program and the test exchange messages over
 * an IPC channel.
 */
export function startProgram(program: string, { env, nodeOptions = [] }: ProgramOptions) {
  const child = spawn(process.execPath, [...nodeOptions, ...runnable(program)], {
    cwd: projectDir,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  const exited = once(child, 'close').then(() => letGo?.());
  const died = exited.then(() => Promise.reject(new Error(`${program} has ended:\n${stderr}`)));
  died.catch(() => undefined);
  return {
    child,
    /** Settles when the process has exited. */
    exited,
    /** Returns the stderr output so far. */
    stderr: () => stderr,
    /** Resolves with the next message for which `read` returns a value; rejects if the program exits first. */
    next: async <Message>(read: (message: unknown) => Message | undefined): Promise<Message> => {
      const listening = new AbortController();
      const message = new Promise<Message>((resolve, reject) => {
        const look = (told: unknown): void => {
          try {
            const found = read(told);
            if (found !== undefined) resolve(found);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        child.on('message', look);
        listening.signal.addEventListener('abort', () => child.off('message', look));
      });
      return Promise.race([message, died]).finally(() => listening.abort());
    },
    tell: (message: object | string): void => {
      if (child.connected) child.send(message, () => undefined);
    },
    signal: (name: NodeJS.Signals): void => void child.kill(name),
    kill: async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
