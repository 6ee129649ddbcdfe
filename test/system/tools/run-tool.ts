import { bundledProgram } from '../../support/bundled-program.ts';
import { runNode, startNode } from '../../support/child-program.ts';
import { compiledWorkflows } from '../../support/compiled-workflows.ts';

type Tool = 'chat' | 'demo' | 'emulator' | 'replay';

interface ToolRun {
  readonly args?: readonly string[];
  /** The typed lines, which arrive through a pipe all at once. */
  readonly lines?: readonly string[];
  /** Environment variables, in addition to this process's own without its REDIS_URL, and the shipped workflows. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The arguments of Node that run a tool: a command of `turnkeeper`, or the demo. */
const programOf = async (tool: Tool): Promise<string[]> =>
  tool === 'demo'
    ? [await bundledProgram('tools/demo/main.ts')]
    : [await bundledProgram('cli/main.ts'), tool];

/** Runs a tool to its end in a child process, as npm does. */
export async function runTool(tool: Tool, { args = [], lines = [], env = {} }: ToolRun) {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name === 'REDIS_URL' ? [] : [[name, value] as const],
  );
  const workflows = { WORKFLOWS_DIR: await compiledWorkflows() };
  return runNode([...(await programOf(tool)), ...args], {
    env: { ...Object.fromEntries(own), ...workflows, ...env },
    input: lines.map((line) => `${line}\n`).join(''),
  });
}

/** Starts a tool that runs until it is stopped; use with `await using`. */
export async function startTool(tool: Tool, args: readonly string[]) {
  return startNode([...(await programOf(tool)), ...args]);
}
