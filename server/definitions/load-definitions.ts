import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { checkDefinition } from '../../workflows/definition/check-definition.ts';
import type { DefinitionFault } from '../../workflows/definition/definition-fault.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { definitionFromJson } from '../../workflows/definition/from-json.ts';
import { importDefault } from './import-module.ts';
import type { ImportDefault } from './import-module.ts';
import { lineOf, readJson } from './read-json.ts';

/** One fault in a file of definitions, or in the folder. */
export interface FileFault {
  readonly file: string;
  /** The path within the definition, dotted; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** The line in a JSON file, from 1. */
  readonly line?: number;
}

type LoadedDefinitions =
  | { readonly ok: true; readonly definitions: WorkflowDefinition[] }
  | { readonly ok: false; readonly faults: FileFault[] };

/** A file of definitions: its definition, or its faults. */
export interface LoadedFile {
  readonly file: string;
  /** The id that the file states, even if the definition has faults. */
  readonly id: string | null;
  readonly definition: WorkflowDefinition | null;
  readonly faults: readonly FileFault[];
}

type LoadedFiles =
  | { readonly ok: true; readonly files: readonly LoadedFile[] }
  | { readonly ok: false; readonly faults: FileFault[] };

// Hidden files are not the author's: editors and operating systems leave some beside those that they save.
const definitionFile = /^[^.].*(?<!\.d)\.(json|ts|mts|js|mjs)$/;

/**
 * Loads and checks every definition directly in a folder, in the order of the file names. The folder may be anywhere.
 * If there is any fault, it returns the faults of all files and no definitions.
 */
export async function loadDefinitions(dir: string): Promise<LoadedDefinitions> {
  const loaded = await loadFiles(dir, importDefault);
  if (!loaded.ok) return loaded;
  const faults = [...loaded.files.flatMap((one) => one.faults), ...duplicateIds(loaded.files)];
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, definitions: loaded.files.flatMap(({ definition }) => definition ?? []) };
}

/** Loads each file of a folder by itself; fails only if there is none. */
export async function loadFiles(dir: string, importModule: ImportDefault): Promise<LoadedFiles> {
  const folder = resolve(dir);
  let files: string[];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  } catch (error) {
    return { ok: false, faults: [fault(folder, `can't be read: ${messageOf(error)}`)] };
  }
  const loaded: LoadedFile[] = [];
  // Files load one after another, so that their side effects and faults always come in the same order.
  for (const file of files.filter((name) => definitionFile.test(name)).sort()) {
    loaded.push(await loadFile(folder, file, importModule));
  }
  if (loaded.length === 0) {
    return {
      ok: false,
      faults: [fault(folder, 'holds no definition: no .json, .ts, .mts, .js or .mjs file')],
    };
  }
  return { ok: true, files: loaded };
}

/** Formats each fault as one line, `file: path: message`, followed by the line number in a JSON file. */
export function formatFaults(faults: readonly FileFault[]): string {
  return faults
    .map(({ file, path, message, line }) => {
      const where = line === undefined ? '' : ` (line ${line})`;
      return `${[file, path, message].filter((part) => part !== '').join(': ')}${where}`;
    })
    .join('\n');
}

async function loadFile(folder: string, file: string, importModule: ImportDefault): Promise<LoadedFile> {
  const read = await readCandidate(join(folder, file), importModule);
  const inFile = ({ path, message }: DefinitionFault): FileFault => ({ file, path, message });
  const inLine = (fault: DefinitionFault): FileFault =>
    read.ok && read.json !== null ? { ...inFile(fault), line: lineOf(read.json, fault.path) } : inFile(fault);
  if (!read.ok)
    return { file, id: null, definition: null, faults: [inFile({ path: '', message: read.reason })] };
  const { candidate } = read;
  const faults = [...read.faults, ...checkDefinition(candidate)];
  const id = idOf.safeParse(candidate).data ?? null;
  return { file, id, definition: passed(candidate, faults) ? candidate : null, faults: faults.map(inLine) };
}

type ReadCandidate =
  | {
      readonly ok: true;
      readonly candidate: unknown;
      readonly faults: readonly DefinitionFault[];
      /** The file's text if it is JSON, otherwise null. */
      readonly json: string | null;
    }
  | { readonly ok: false; readonly reason: string };

async function readCandidate(path: string, importModule: ImportDefault): Promise<ReadCandidate> {
  if (!path.endsWith('.json')) {
    const imported = await importModule(path);
    return imported.ok ? { ok: true, candidate: imported.value, faults: [], json: null } : imported;
  }
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { ok: false, reason: `can't be read: ${messageOf(error)}` };
  }
  const withoutMark = text.replace(/^\uFEFF/, '');
  const json = readJson(withoutMark);
  return json.ok
    ? { ok: true, ...definitionFromJson(json.value), json: withoutMark }
    : { ok: false, reason: `is not JSON, line ${json.line}: ${json.reason}` };
}

const idOf = z.object({ id: z.string() }).transform(({ id }) => id);

/** A candidate without faults is a definition: `checkDefinition` has checked all of it. */
function passed(candidate: unknown, faults: readonly DefinitionFault[]): candidate is WorkflowDefinition {
  return candidate !== undefined && faults.length === 0;
}

/**
 * Finds the files that state an id which belongs to another one.
 * @param owners files that have an id whatever their place. @default the first file that states an id has it
 */
export function duplicateIds(
  loaded: readonly LoadedFile[],
  owners: ReadonlyMap<string, string> = new Map(),
): FileFault[] {
  return loaded.flatMap(({ file, id }) => {
    if (id === null) return [];
    const owner = owners.get(id) ?? loaded.find((other) => other.id === id)?.file;
    if (owner === undefined || owner === file) return [];
    return [{ file, path: 'id', message: `duplicate workflow id "${id}": ${owner} has it already` }];
  });
}

function fault(file: string, message: string): FileFault {
  return { file, path: '', message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
