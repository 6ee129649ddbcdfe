import { z } from 'zod';
import { fieldOf } from '../../server/domain/workflow.ts';
import type { Field } from '../../server/domain/workflow.ts';
import type { Json } from '../../workflows/definition/json.ts';

/** The parts of Turnkeeper's query that the emulated agent uses. */
export interface ReadQuery {
  readonly turnNumber: number;
  readonly stepId: string;
  readonly stepIds: readonly string[];
  readonly missing: readonly Field[];
  readonly optional: readonly Field[];
  /** `null` at the last step, and if the context has no room for it. */
  readonly nextStep: NextStep | null;
  /** One line per value: `name: value as JSON`. */
  readonly collected: readonly string[];
  /** The person's words; `null` if there are none. */
  readonly words: string | null;
}

interface NextStep {
  readonly id: string;
  /** Fields without a value, optional ones too. */
  readonly fields: readonly Field[];
}

const wholeQuery =
  /^\[context (\S+)\]\n(?<context>[\s\S]*)\n\[end of context \1\]\n\[(?<label>user|occasion) \1\]\n(?<words>[\s\S]*)\n\[end of \3 \1\]$/;

/** Reads a query that begins with the default preamble; returns `null` for any other text. */
export function readQuery(query: string): ReadQuery | null {
  const { context, label, words } = wholeQuery.exec(query)?.groups ?? {};
  if (context === undefined || words === undefined) return null;
  const turn = /^This is turn (\d+)\. The steps are: (.*)\.$/m.exec(context);
  const stepId = /^The current step is (\S+) \(/m.exec(context)?.[1];
  if (turn === null || stepId === undefined) return null;
  const [, turnNumber, steps = ''] = turn;
  return {
    turnNumber: Number(turnNumber),
    stepId,
    stepIds: [...steps.matchAll(/([\w-]+) \([^)]*\)/g)].map(([, id = '']) => id),
    missing: fieldsUnder('Fields still missing in this step, with their JSON Schema:', context, stepId),
    optional: fieldsUnder('Optional in this step, where it comes up:', context, stepId).map(optional),
    nextStep: readNextStep(context),
    collected: listUnder('Collected so far:', context),
    words: label === 'user' ? words : null,
  };
}

function readNextStep(context: string): NextStep | null {
  const heading = 'The step after it, to go on with once nothing is missing:';
  // The heading is followed by the step's title, or by the reason in brackets why there is none.
  const id = new RegExp(`^${heading} ([\\w-]+) \\(`, 'm').exec(context)?.[1];
  return id === undefined ? null : { id, fields: fieldsUnder(heading, context, id) };
}

function fieldsUnder(heading: string, context: string, stepId: string): Field[] {
  return listUnder(heading, context).map((line) => {
    const required = line.replace(/^\(optional\) /, '');
    const field = readField(required, stepId);
    return required === line ? field : optional(field);
  });
}

function optional(field: Field): Field {
  return { ...field, required: false };
}

/** The lines of the list below a heading; empty for `(none)`. */
function listUnder(heading: string, context: string): string[] {
  const lines = context.split('\n');
  const first = lines.findIndex((line) => line.startsWith(heading)) + 1;
  const rest = first === 0 ? [] : lines.slice(first);
  const end = rest.findIndex((line) => !line.startsWith('- '));
  return rest.slice(0, end === -1 ? rest.length : end).map((line) => line.slice(2));
}

const schemaText = z.string().transform((text, issues) => {
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch {
    issues.addIssue('is not a JSON Schema');
    return z.NEVER;
  }
});

/** Reads `name: schema`, or the name alone if the context had no room for the schema. */
function readField(line: string, stepId: string): Field {
  const [name = '', ...rest] = line.split(': ');
  const schema = schemaText.safeParse(rest.join(': '));
  return fieldFromSchema(name, stepId, schema.success ? schema.data : {});
}

/** Builds a field from its name and its JSON Schema, the only facts in a query. */
export function fieldFromSchema(name: string, stepId: string, jsonSchema: Field['jsonSchema']): Field {
  const schema = zodSchemaOf(jsonSchema);
  return fieldOf({
    name,
    stepId,
    required: true,
    jsonSchema,
    group: null,
    lookup: null,
    check: (value) => {
      const parsed = schema.safeParse(value);
      if (!parsed.success) return { ok: false, issues: parsed.error.issues.map(({ message }) => message) };
      return { ok: true, value: parsed.data as Json };
    },
  });
}

function zodSchemaOf(jsonSchema: Field['jsonSchema']): z.ZodType {
  try {
    return z.fromJSONSchema(jsonSchema);
  } catch {
    // The server checks the value anyway, so a schema that zod can't read becomes any value.
    return z.json();
  }
}

const data = z.record(z.string(), z.json());
const invokeValue = z.looseObject({ action: z.looseObject({ data }) });

/** Returns a submitted card's data: a message's `value`, or the action's data in an invoke; `null` without a card. */
export function submittedData(activity: Readonly<Record<string, unknown>>): Record<string, Json> | null {
  const { type, value } = activity;
  if (type === 'invoke') return invokeValue.safeParse(value).data?.action.data ?? null;
  return data.safeParse(value).data ?? null;
}
