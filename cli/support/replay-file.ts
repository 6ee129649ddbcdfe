import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inputTypes } from '../../contract/workflow-state.ts';
import { checkDefinition } from '../../workflows/definition/check-definition.ts';
import type { DefinitionFault } from '../../workflows/definition/definition-fault.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { definitionFromJson } from '../../workflows/definition/from-json.ts';
import { isFolder } from './workflows-folder.ts';

const fields = z.record(z.string(), z.json());
const names = z.array(z.string());

/** An agent's answer, with the keys of its contract (docs/workflows.md). */
const agentAnswer = z.strictObject({
  text: z.string().optional(),
  action: z.enum(['ask', 'research', 'confirm', 'complete', 'error']).optional(),
  data: fields.optional(),
  step: z.string().optional(),
  prompt: z.string().optional(),
});

const choice = z.union([
  z.string().transform((value) => ({ value, title: value })),
  z.strictObject({ value: z.string(), title: z.string() }),
]);

const suggestedInput = z.strictObject({
  type: z.enum(inputTypes),
  field: z.string().optional(),
  title: z.string().optional(),
  required: z.boolean().optional(),
  choices: z.array(choice).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().optional(),
  maxLength: z.int().optional(),
  examples: z.array(z.json()).optional(),
});

/** The result that a turn must have. Named keys are compared exactly, others not at all. */
const expectation = z
  .strictObject({
    collectedThisTurn: fields.optional(),
    stateChanged: z.boolean().optional(),
    currentStep: z.string().optional(),
    percentComplete: z.int().optional(),
    status: z.enum(['active', 'completed', 'ended']).optional(),
    /** The rejected fields, in any order. */
    rejected: names.optional(),
    /** The ignored fields, in any order. */
    ignored: names.optional(),
    /** Its named keys are compared, others not. */
    suggestedInput: suggestedInput.optional(),
    /** The texts of the agent's messages; a string stands for a single one. */
    text: z.union([z.string().transform((text) => [text]), names]).optional(),
  })
  .refine(
    (expected) => Object.keys(expected).length > 0,
    'must name something to compare: nothing else can fail',
  );

const turn = z
  .strictObject({
    user: z.string().trim().min(1, 'must not be empty').optional(),
    /** The fields that the person sets directly; `user` are the words with them. */
    data: fields.optional(),
    /** False for fields that no agent is told of. */
    respond: z.boolean().optional(),
    /** The person takes the last change back. */
    undo: z.literal(true).optional(),
    /** The recorded answer; without it the guided agent answers. */
    agent: agentAnswer.optional(),
    expect: expectation,
  })
  .refine(
    ({ user, data, undo }) =>
      undo ? user === undefined && data === undefined : (user ?? data) !== undefined,
    {
      error: 'must have "user", "data", or "undo" alone',
    },
  )
  .refine(({ data, respond }) => respond === undefined || data !== undefined, {
    error: '"respond" belongs to "data"',
  });

const dialogue = z.strictObject({
  id: z.string().min(1),
  /** What the conversation is opened with. */
  opening: z.strictObject({ context: fields.optional(), prefill: fields.optional() }).optional(),
  turns: z.array(turn).min(1, 'must have at least one turn'),
  finalCollected: fields.optional(),
  completed: z.boolean().optional(),
});

const replayFile = z.strictObject({
  source: z.string().optional(),
  license: z.string().optional(),
  /** A definition in JSON, or the id of an installed one. */
  workflow: z.union([z.string(), z.looseObject({})], 'must be a workflow, or the id of one'),
  dialogues: z.array(dialogue).min(1, 'must have at least one dialogue'),
});

export type ReplayedAnswer = z.output<typeof agentAnswer>;
export type Expectation = z.output<typeof expectation>;
export type Dialogue = z.output<typeof dialogue>;

/** A file of dialogues, ready to be replayed. */
export interface ReplayFile {
  readonly definition: WorkflowDefinition;
  readonly dialogues: readonly Dialogue[];
}

type ReadReplay =
  | { readonly ok: true; readonly replay: ReplayFile }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

/**
 * Returns each file, and the `.json` files directly in each folder by name. A path that can't be inspected counts as a
 * file, so that reading it reports the error.
 * @throws Error if there is no file
 */
export async function findReplayFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => ((await isFolder(path)) ? filesIn(path) : [path])),
  );
  const files = found.flat();
  if (files.length === 0) throw new Error(`There is no replay file (.json) in ${paths.join(', ')}.`);
  return files;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ name }) => join(folder, name))
    .sort();
}

/** Reads a file of dialogues, or returns all of its faults with their places. */
export async function readReplayFile(
  path: string,
  installed: readonly WorkflowDefinition[],
): Promise<ReadReplay> {
  const read = await readJsonFile(path);
  if (!read.ok) return { ok: false, faults: [{ path: '', message: read.reason }] };
  const parsed = replayFile.safeParse(read.value);
  const workflow = z.object({ workflow: replayFile.shape.workflow }).safeParse(read.value).data?.workflow;
  const found =
    workflow === undefined ? { definition: null, faults: [] } : findDefinition(workflow, installed);
  const faults = [...(parsed.error?.issues ?? []).flatMap(faultsOf), ...found.faults];
  if (!parsed.success || found.definition === null || faults.length > 0) return { ok: false, faults };
  return { ok: true, replay: { definition: found.definition, dialogues: parsed.data.dialogues } };
}

interface FoundDefinition {
  readonly definition: WorkflowDefinition | null;
  readonly faults: readonly DefinitionFault[];
}

function findDefinition(
  workflow: string | Readonly<Record<string, unknown>>,
  installed: readonly WorkflowDefinition[],
): FoundDefinition {
  if (typeof workflow === 'string') {
    const definition = installed.find(({ id }) => id === workflow) ?? null;
    const known = installed.map(({ id }) => `"${id}"`).join(', ');
    const remedy =
      installed.length === 0
        ? 'name the folder of its definition with --workflows'
        : `it must be one of ${known}, or a workflow in JSON`;
    const message = `there is no workflow "${workflow}": ${remedy}`;
    return { definition, faults: definition === null ? [{ path: 'workflow', message }] : [] };
  }
  const { candidate, faults } = definitionFromJson(workflow);
  const all = [...faults, ...checkDefinition(candidate)];
  const definition = passed(candidate, all) ? candidate : null;
  return {
    definition,
    faults: all.map(({ path, message }) => ({ path: joined('workflow', path), message })),
  };
}

/** A candidate without faults is a definition. */
function passed(candidate: unknown, faults: readonly DefinitionFault[]): candidate is WorkflowDefinition {
  return candidate !== undefined && faults.length === 0;
}

type JsonFile =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

async function readJsonFile(path: string): Promise<JsonFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { ok: false, reason: `can't be read: ${messageOf(error)}` };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: `is not JSON: ${messageOf(error)}` };
  }
}

/** Reports an unknown key at its own path. */
function faultsOf(issue: z.core.$ZodIssue): DefinitionFault[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: joined(path, key), message: 'is not a known key' }));
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
