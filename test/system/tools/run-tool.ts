import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

interface ToolRun {
  readonly args?: readonly string[];
  /** The typed lines, which arrive through a pipe all at once. */
  readonly lines?: readonly string[];
  /** Environment variables, in addition to this process's own without its REDIS_URL and WORKFLOWS_DIR. */
  readonly env?: Readonly<Record<string, string>>;
}

interface ToolOutcome {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool to its end in a child process, as npm does. */
export async function runTool(
  tool: string,
  { args = [], lines = [], env = {} }: ToolRun,
): Promise<ToolOutcome> {
  const main = fileURLToPath(new URL(`../../../tools/${tool}/main.ts`, import.meta.url));
  const own = Object.entries(process.env).filter(([name]) => !['REDIS_URL', 'WORKFLOWS_DIR'].includes(name));
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...Object.fromEntries(own), ...env },
  });
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<unknown[]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}
