import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './end-with-us.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

interface ProgramOptions {
  /** Environment variables, in addition to a bare environment that has only PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder whose sources it runs. @default this project */
  readonly cwd?: string;
  readonly nodeOptions?: readonly string[];
}

/**
 * Runs a TypeScript program of this project in a child process that ends when this process does. The program and the
 * test exchange messages over an IPC channel.
 */
export function startProgram(program: string, { env, cwd = projectDir, nodeOptions = [] }: ProgramOptions) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...nodeOptions, program], {
    cwd,
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
