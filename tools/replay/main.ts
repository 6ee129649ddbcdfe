/** `npm run replay -- FOLDER|FILE…`: plays recorded dialogues through a real server, and prints the differences. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readDefinitions } from '../support/local-server.ts';
import { temporaryRedis } from '../support/temporary-redis.ts';
import { playReplay } from './play-replay.ts';
import { readReplayFile } from './replay-file.ts';
import { describeOutcome, describeTotal, hasAgreed } from './report.ts';
import type { FileOutcome } from './report.ts';

const usage = [
  'Usage: npm run replay -- FOLDER|FILE…',
  'Plays the dialogues of replay files (JSON) through a real server, and prints the differences.',
  'docs/workflows.md describes the format; workflows/replay has those of the shipped workflows.',
].join('\n');

async function main(paths: readonly string[]): Promise<boolean> {
  if (paths.length === 0) {
    console.error(usage);
    return false;
  }
  const files = await findFiles(paths);
  if (files.length === 0) {
    console.error(`There is no replay file (.json) in ${paths.join(', ')}.`);
    return false;
  }
  const outcomes = await replayFiles(files);
  console.log(describeTotal(outcomes));
  return outcomes.every(hasAgreed);
}

/**
 * Returns each file, and the `.json` files directly in each folder by name. A path that can't be inspected counts as a
 * file, so that reading it reports the error.
 */
async function findFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => ((await isFolder(path)) ? filesIn(path) : [path])),
  );
  return found.flat();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ name }) => join(folder, name))
    .sort();
}

async function replayFiles(files: readonly string[]): Promise<FileOutcome[]> {
  const installed = await readDefinitions(process.env['WORKFLOWS_DIR']);
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

main(process.argv.slice(2))
  .then((agrees) => {
    process.exitCode = agrees ? 0 : 1;
  })
  .catch((error: unknown) => {
    // Errors such as a missing redis-server say what to do; a stack would hide that.
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
