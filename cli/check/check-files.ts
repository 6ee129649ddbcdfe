import { join } from 'node:path';
import { duplicateIds, formatFaults, loadFiles } from '../../server/definitions/load-definitions.ts';
import { importDefault } from '../../server/definitions/import-module.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { findReplayFiles, readReplayFile } from '../support/replay-file.ts';

interface CheckedFile {
  readonly file: string;
  /** Its contents in a few words; empty for a file with faults. */
  readonly contents: string;
  /** One line each, with the file, the place, and what must be there. */
  readonly faults: readonly string[];
}

interface Check {
  readonly files: readonly CheckedFile[];
  /** Replay files that were not checked: one that names a faulty definition would have faults that are not its own. */
  readonly uncheckedReplays: number;
}

/**
 * Checks the definitions of a folder, and replay files against them.
 * @param replays replay files, and folders of them
 * @throws Error if there is none among `replays`, although some are given
 */
export async function checkFiles(dir: string, replays: readonly string[]): Promise<Check> {
  const replayFiles = replays.length === 0 ? [] : await findReplayFiles(replays);
  const { files, definitions } = await checkDefinitions(dir);
  if (files.some(({ faults }) => faults.length > 0)) return { files, uncheckedReplays: replayFiles.length };
  const checkedReplays = await Promise.all(replayFiles.map((file) => checkReplay(file, definitions)));
  return { files: [...files, ...checkedReplays], uncheckedReplays: 0 };
}

interface CheckedDefinitions {
  readonly files: readonly CheckedFile[];
  readonly definitions: readonly WorkflowDefinition[];
}

async function checkDefinitions(dir: string): Promise<CheckedDefinitions> {
  const loaded = await loadFiles(dir, importDefault);
  if (!loaded.ok) {
    const faults = loaded.faults.map((fault) => formatFaults([fault]));
    return { files: [{ file: dir, contents: '', faults }], definitions: [] };
  }
  const duplicates = duplicateIds(loaded.files);
  const files = loaded.files.map(({ file, definition, faults }): CheckedFile => {
    const path = join(dir, file);
    const all = [...faults, ...duplicates.filter((duplicate) => duplicate.file === file)];
    return {
      file: path,
      contents: definition === null ? '' : describeDefinition(definition),
      faults: all.map((fault) => formatFaults([{ ...fault, file: path }])),
    };
  });
  return { files, definitions: loaded.files.flatMap(({ definition }) => definition ?? []) };
}

async function checkReplay(file: string, definitions: readonly WorkflowDefinition[]): Promise<CheckedFile> {
  const read = await readReplayFile(file, definitions);
  if (!read.ok) {
    const faults = read.faults.map((fault) => formatFaults([{ ...fault, file }]));
    return { file, contents: '', faults };
  }
  const { definition, dialogues } = read.replay;
  return { file, contents: `${count(dialogues.length, 'dialogue')} of ${definition.id}`, faults: [] };
}

function describeDefinition({ id, version, title, steps }: WorkflowDefinition): string {
  return `${title} (${id} v${version}, ${count(steps.length, 'step')})`;
}

/** A line for each file, with its faults below it, and the total. */
export function describeCheck({ files, uncheckedReplays }: Check): string {
  const faults = files.reduce((sum, file) => sum + file.faults.length, 0);
  const unchecked =
    uncheckedReplays === 0
      ? []
      : [`${count(uncheckedReplays, 'replay file')} not checked: the definitions have faults`];
  return [
    ...files.flatMap(describeFile),
    `${count(files.length, 'file')}: ${faults === 0 ? 'no faults' : count(faults, 'fault')}`,
    ...unchecked,
  ].join('\n');
}

function describeFile({ file, contents, faults }: CheckedFile): string[] {
  if (faults.length === 0) return [`✓ ${file}: ${contents}`];
  return [`✗ ${file}: ${count(faults.length, 'fault')}`, ...faults.map((fault) => `    ${fault}`)];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
