import { z } from 'zod';
import { ownProperty } from './json.ts';

/** A field's JSON Schema, as agents and clients are shown it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// The dialect, and zod's bound for every integer, say nothing about the value.
export function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  const rest = z.toJSONSchema(schema, { io: 'input', override: annotate });
  delete rest.$schema;
  if (rest.maximum === Number.MAX_SAFE_INTEGER) delete rest.maximum;
  if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum;
  return rest;
}

/** The schema as text, for an agent. */
export function shownSchemaOf(schema: JsonSchema): string {
  return JSON.stringify(withoutRepetition(schema));
}

interface Overridden {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/**
 * Says what zod leaves out. JSON Schema's `time` has an offset, which a time of zod's need not have; titles of choices
 * are `oneOf`, as JSON Schema has them, beside the `enum` that more readers know.
 */
function annotate({ jsonSchema, zodSchema }: Overridden): void {
  if (zodSchema instanceof z.core.$ZodISOTime) jsonSchema['input'] ??= 'time';
  const titles = textsByValue.parse(jsonSchema['titles']);
  const alternatives = literals.safeParse(jsonSchema.anyOf).data;
  const values = alternatives?.map((one) => one.const) ?? texts.safeParse(jsonSchema.enum).data;
  if (values === undefined) return;
  delete jsonSchema['titles'];
  if (alternatives !== undefined) {
    delete jsonSchema.anyOf;
    Object.assign(jsonSchema, { type: 'string', enum: values });
  }
  const titled = values.map((value) => ({
    const: value,
    title: ownProperty(titles, value) ?? alternatives?.find((one) => one.const === value)?.title,
  }));
  if (titled.every(({ title }) => title === undefined)) return;
  jsonSchema.oneOf = titled.map(({ const: value, title = value }) => ({ const: value, title }));
}

const texts = z.array(z.string());
const textsByValue = z.record(z.string(), z.string()).catch({});
const literals = z.array(z.looseObject({ const: z.string(), title: z.string().optional() })).min(1);

/**
 * Leaves out the pattern of a format, which says the same (zod's pattern of a date alone takes 200 characters), and the
 * bare values beside choices with titles.
 */
function withoutRepetition(schema: JsonSchema): JsonSchema {
  const repeated = new Set([
    'input',
    ...(schema['format'] === undefined ? [] : ['pattern']),
    ...(schema['oneOf'] === undefined ? [] : ['enum']),
  ]);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !repeated.has(keyword)));
}
