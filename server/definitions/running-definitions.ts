import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { duplicateIds } from './load-definitions.ts';
import type { FileFault, LoadedFile } from './load-definitions.ts';

/** The definition that runs of each file, by the file's name. */
export type RunningDefinitions = ReadonlyMap<string, WorkflowDefinition>;

interface TakenOver {
  readonly running: RunningDefinitions;
  readonly faults: readonly FileFault[];
}

/**
 * Takes over what the files hold now. Of a file with faults the definition that ran goes on, so one author's fault does
 * not stop the others. A file keeps its id from a new file that states the same one, whatever their names.
 */
export function takeOver(running: RunningDefinitions, files: readonly LoadedFile[]): TakenOver {
  const owners = new Map(
    files.flatMap(({ file, id }) => (id !== null && running.get(file)?.id === id ? [[id, file]] : [])),
  );
  const duplicates = duplicateIds(files, owners);
  const faultsOf = ({ file, faults }: LoadedFile): readonly FileFault[] => [
    ...faults,
    ...duplicates.filter((duplicate) => duplicate.file === file),
  ];
  const right = new Map(
    files.flatMap((one) =>
      one.definition === null || faultsOf(one).length > 0 ? [] : [[one.file, one.definition]],
    ),
  );
  const takenIds = new Set([...right.values()].map(({ id }) => id));
  const entries = files.flatMap(({ file }) => {
    const old = running.get(file);
    // The file that has faults may have lost its id to another one meanwhile.
    const definition = right.get(file) ?? (old === undefined || takenIds.has(old.id) ? undefined : old);
    return definition === undefined ? [] : [[file, definition] as const];
  });
  return { running: new Map(entries), faults: files.flatMap(faultsOf) };
}
