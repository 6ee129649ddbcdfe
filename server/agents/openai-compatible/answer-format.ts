import { agentActions } from '../../../contract/results.ts';
import type { Briefing } from '../../domain/briefing.ts';
import type { Field } from '../../domain/workflow.ts';
import { bounds } from './settings.ts';
import { objectOf, orNull, toStrictSchema } from './strict-schema.ts';
import type { StrictSchema } from './strict-schema.ts';

/** The schema that an answer is requested by, and the fields to read from it. */
export interface AnswerFormat {
  readonly schema: StrictSchema;
  readonly fields: ReadonlyMap<string, FormattedField>;
}

export interface FormattedField {
  readonly field: Field;
  /** True if the value comes as JSON text, because the strict form can't express the field's schema. */
  readonly isJsonText: boolean;
}

/**
 * The contract as a schema for structured output. The prompt comes first, so that it can be shown while the rest is
 * still being written. The schema has the fields of all applicable steps, so that it stays the same from turn to turn:
 * services prepare a schema once. If these fields are too many, it has the current step's and the collected ones; if
 * even these are, the format is null.
 */
export function answerFormat({ position, collected }: Briefing): AnswerFormat | null {
  const all = position.applicable.flatMap(({ fields }) => fields);
  const nearest = all.filter(
    ({ name, stepId }) => stepId === position.current.id || collected[name] !== undefined,
  );
  const stepIds = position.applicable.map(({ id }) => id);
  return formatFor(all, stepIds) ?? formatFor(nearest, stepIds);
}

function formatFor(fields: readonly Field[], stepIds: readonly string[]): AnswerFormat | null {
  // The contract and its data take up two levels themselves.
  const strict = fields.map((field) => ({
    field,
    schema: toStrictSchema(field.jsonSchema, bounds.schemaLevels - 2),
  }));
  const data = Object.fromEntries(
    strict.map(({ field, schema }) => [field.name, orNull(schema ?? jsonText(field))]),
  );
  const schema = contractSchema(data, stepIds);
  if (JSON.stringify(schema).length > bounds.schemaChars) return null;
  if (countProperties(schema) > bounds.schemaProperties) return null;
  return {
    schema,
    fields: new Map(
      strict.map(({ field, schema: own }) => [field.name, { field, isJsonText: own === null }] as const),
    ),
  };
}

function contractSchema(
  data: Readonly<Record<string, StrictSchema>>,
  stepIds: readonly string[],
): StrictSchema {
  const names = Object.keys(data);
  const hasFields = names.length > 0;
  return objectOf({
    prompt: { type: 'string', description: 'What you say to the person, as Markdown.' },
    action: orNull({ type: 'string', enum: agentActions }),
    ...(hasFields
      ? {
          data: {
            ...objectOf(data),
            description:
              'The values that you learnt or that changed in this turn; null for every other field.',
          },
          clear: {
            type: 'array',
            items: { type: 'string', enum: names },
            description: 'The fields whose value is to be removed; usually none.',
          },
        }
      : {}),
    step: orNull({ type: 'string', enum: stepIds, description: 'The step to move on to.' }),
    citations: {
      type: 'array',
      items: { type: 'string' },
      description: 'The web addresses of the sources that you used; usually none.',
    },
  });
}

function jsonText({ jsonSchema }: Field): StrictSchema {
  return { type: 'string', description: `JSON text of a value that fits ${JSON.stringify(jsonSchema)}` };
}

function countProperties(schema: unknown): number {
  if (Array.isArray(schema)) return schema.reduce((sum: number, item) => sum + countProperties(item), 0);
  if (typeof schema !== 'object' || schema === null) return 0;
  return Object.entries(schema).reduce((sum, [key, value]: [string, unknown]) => {
    const own =
      key === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
    return sum + own + countProperties(value);
  }, 0);
}
