import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Run {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface RunOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts Node in a folder, as a reader does, without the variables that this test run has set. */
export function startNode(args: readonly string[], { cwd, env = {} }: Run) {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = once(child, 'close').then((): RunOutcome => ({ exitCode: child.exitCode, stdout, stderr }));
  return {
    /** Resolves with the match once the output matches. */
    async hasPrinted(pattern: RegExp): Promise<readonly string[]> {
      for (;;) {
        const found = pattern.exec(stdout);
        if (found !== null) return found;
        const outcome = await Promise.race([once(child.stdout, 'data'), ended]);
        if ('stderr' in outcome) throw new Error(`it ended before that:\n${outcome.stderr}${outcome.stdout}`);
      }
    },
    /** Sends SIGINT, as Ctrl-C does. */
    interrupt: () => child.kill('SIGINT'),
    /** Kills it at once, whatever it still has open. */
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}

/** Runs Node in the same way, to its end. */
export function runNode(args: readonly string[], run: Run): Promise<RunOutcome> {
  return startNode(args, run).ended;
}
