/** `npm run bench`: measures us beside the references, prints tables, and keeps the result as JSON. */
import { runCommand } from '../tools/support/command-line.ts';
import { benchCases } from './cases/all-cases.ts';
import { readOptions, usage } from './options.ts';
import type { BenchOptions, CaseName } from './options.ts';
import { readMachineFacts } from './report/machine-facts.ts';
import { openProgress } from './report/progress.ts';
import { saveResult } from './report/save-result.ts';
import type { CaseOutcome } from './report/save-result.ts';
import { renderSection } from './report/table.ts';

async function bench(options: BenchOptions): Promise<void> {
  // Redis runs in a process group of its own: it is stopped when this process exits, not by the signal itself.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  const at = new Date();
  const machine = readMachineFacts();
  const { cores, cpu, node, redis, commit, loadBefore } = machine;
  console.log(`${cores} cores (${cpu}), Node ${node}, Redis ${redis}, commit ${commit ?? 'unknown'}`);
  console.log(
    `Load before: ${loadBefore}. Other work on this machine falsifies absolute numbers, ratios much less.\n`,
  );
  const cases: CaseOutcome[] = [];
  for (const name of options.cases) cases.push(await runCase(name, options));
  const path = await saveResult({ at, machine, options, cases });
  console.log(`The result is in ${path}`);
  const failed = cases.filter(({ fault }) => fault !== null);
  if (failed.length > 0) {
    console.error(`Not measured: ${failed.map(({ name }) => name).join(', ')}`);
    process.exitCode = 1;
  }
}

/** A case that fails must not take the others' results with it. */
async function runCase(name: CaseName, options: BenchOptions): Promise<CaseOutcome> {
  const progress = openProgress(name);
  try {
    const sections = await benchCases[name]({ options, progress: progress.tell });
    progress.end();
    for (const section of sections) console.log(`${renderSection(section)}\n`);
    return { name, sections, fault: null };
  } catch (error) {
    progress.end();
    console.error(`${name} could not be measured:`, error);
    return { name, sections: [], fault: error instanceof Error ? error.message : String(error) };
  }
}

runCommand(readOptions(process.argv.slice(2)), usage, bench).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
