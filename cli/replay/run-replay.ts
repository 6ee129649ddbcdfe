import { parseArgs } from 'node:util';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { ArgumentFault } from '../command.ts';
import { findReplayFiles, readReplayFile } from '../support/replay-file.ts';
import { temporaryRedis } from '../support/temporary-redis.ts';
import { isFolder, readDefinitions, workflowsFolder } from '../support/workflows-folder.ts';
import { playReplay } from './play-replay.ts';
import { describeOutcome, describeTotal, hasAgreed } from './report.ts';
import type { FileOutcome } from './report.ts';

/** Plays recorded dialogues through a real server, and prints the differences; any makes the exit code 1. */
export async function runReplay(args: readonly string[]): Promise<void> {
  const { values, positionals: paths } = parseArgs({
    args: [...args],
    options: { workflows: { type: 'string' } },
    allowPositionals: true,
  });
  if (paths.length === 0) throw new ArgumentFault('replay needs a folder of replay files, or files.');
  const files = await findReplayFiles(paths);
  const outcomes = await replayFiles(files, await installedDefinitions(values.workflows));
  console.log(describeTotal(outcomes));
  if (!outcomes.every(hasAgreed)) process.exitCode = 1;
}

/**
 * The definitions that replay files may name by their ids. A project without a folder of them has none: its replay
 * files hold their workflows.
 */
async function installedDefinitions(given: string | undefined): Promise<readonly WorkflowDefinition[]> {
  const { dir, isNamed } = workflowsFolder(given);
  return isNamed || (await isFolder(dir)) ? readDefinitions(dir) : [];
}

async function replayFiles(
  files: readonly string[],
  installed: readonly WorkflowDefinition[],
): Promise<FileOutcome[]> {
  const givenRedis = process.env['REDIS_URL'] ?? '';
  await using own = givenRedis === '' ? await temporaryRedis() : null;
  const outcomes: FileOutcome[] = [];
  for (const file of files) {
    const read = await readReplayFile(file, installed);
    const outcome: FileOutcome = read.ok
      ? {
          file,
          kind: 'played',
          replay: read.replay,
          differences: await playReplay(read.replay, own?.url ?? givenRedis),
        }
      : { file, kind: 'faulty', faults: read.faults };
    outcomes.push(outcome);
    console.log(describeOutcome(outcome));
  }
  return outcomes;
}
