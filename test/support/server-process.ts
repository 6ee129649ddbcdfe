import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './end-with-us.ts';
import { patientCommandMs } from './time.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `server/main.ts` in a child process, as `npm start` does, with this environment and little else. */
export function startServerProcess(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: projectDir,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = once(child, 'close').then((): Ended => {
    letGo?.();
    return { code: child.exitCode, stdout, stderr };
  });
  return {
    /** Resolves with the start-up line once it is printed, and the address in it. */
    async started(): Promise<{ readonly url: string; readonly message: string }> {
      const listening = /listens on (http:\S+)[\s\S]*curl/;
      for (;;) {
        const url = listening.exec(stdout)?.[1];
        if (url !== undefined) return { url, message: stdout };
        const outcome = await Promise.race([once(child.stdout, 'data'), ended]);
        if ('stderr' in outcome)
          throw new Error(`it ended before it listened:\n${outcome.stderr}${outcome.stdout}`);
      }
    },
    /** Closes the reading end of one of its outputs, as `| head` does. */
    stopReading: (output: 'stdout' | 'stderr') => void child[output].destroy(),
    signal: (name: NodeJS.Signals) => child.kill(name),
    /** Settles when the process has exited, with all its output. */
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
