import { z } from 'zod';
import type { JsonSchema } from '../../domain/field-schema.ts';

/**
 * The part of JSON Schema that structured output accepts in its strict form (OpenAI's guide to structured outputs, and
 * Azure's, which accepts less): types, `properties`, `items`, `enum`, `anyOf`. Every property is required and an object
 * has no others, so an optional property may be null. The description states bounds, patterns and formats: the answer
 * is checked against the step's own schema anyway (I10).
 */
export type StrictSchema = Readonly<Record<string, unknown>>;

const scalarTypes = ['string', 'number', 'integer', 'boolean', 'null'] as const;

const readable = z.object({
  type: z.union([z.string(), z.array(z.enum(scalarTypes))]).optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
  oneOf: z.array(z.record(z.string(), z.unknown())).optional(),
});

// Keywords that the strict form lacks and a description can't replace.
const inexpressible = ['$ref', 'allOf', 'not', 'if', 'prefixItems', 'patternProperties', 'dependentSchemas'];

/**
 * Converts a schema to the strict form; null if the strict form can't express it, or not within `levels` levels of
 * objects.
 */
export function toStrictSchema(schema: JsonSchema, levels: number): StrictSchema | null {
  const parsed = readable.safeParse(schema);
  if (!parsed.success || inexpressible.some((keyword) => Object.hasOwn(schema, keyword))) return null;
  const { type, enum: choices, const: only, items } = parsed.data;
  const described = describe(schema);
  // Choices with titles have their values in `enum` too: the description says the titles.
  const alternatives = parsed.data.anyOf ?? (choices === undefined ? parsed.data.oneOf : undefined);
  if (alternatives !== undefined) {
    const anyOf = allOrNull(alternatives.map((alternative) => toStrictSchema(alternative, levels)));
    return anyOf === null ? null : { anyOf, ...described };
  }
  if (type === undefined && choices === undefined && only === undefined) return null;
  if (type === 'object') return strictObject(parsed.data, described, levels);
  if (type === 'array') {
    const strictItems = items === undefined ? null : toStrictSchema(items, levels);
    return strictItems === null ? null : { type, items: strictItems, ...described };
  }
  const values = choices ?? (only === undefined ? undefined : [only]);
  return {
    ...(type === undefined ? {} : { type }),
    ...(values === undefined ? {} : { enum: values }),
    ...described,
  };
}

/** The schema, with null allowed too. */
export function orNull(schema: StrictSchema): StrictSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** The schema of an object with exactly these properties. */
export function objectOf(properties: Readonly<Record<string, StrictSchema>>): StrictSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function strictObject(
  { properties = {}, required = [], additionalProperties = false }: z.infer<typeof readable>,
  described: StrictSchema,
  levels: number,
): StrictSchema | null {
  const isOpen = additionalProperties !== false;
  if (levels < 1 || Object.keys(properties).length === 0 || isOpen) return null;
  const strict = Object.entries(properties).map(([name, property]) => {
    const inner = toStrictSchema(property, levels - 1);
    return inner === null ? null : ([name, required.includes(name) ? inner : orNull(inner)] as const);
  });
  const all = allOrNull(strict);
  return all === null ? null : { ...objectOf(Object.fromEntries(all)), ...described };
}

const told = (
  'minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf ' +
  'minItems maxItems uniqueItems'
).split(' ');
const longestRule = 200;

const titledChoices = z.looseObject({
  enum: z.array(z.string()),
  oneOf: z.array(z.looseObject({ const: z.string(), title: z.string() })),
});

/** The description, with the rules that the strict form has no keywords for. */
function describe(schema: JsonSchema): { description?: string } {
  const rules = told
    // A format already implies its pattern.
    .filter((keyword) => !(keyword === 'pattern' && Object.hasOwn(schema, 'format')))
    .flatMap((keyword) =>
      Object.hasOwn(schema, keyword) ? [`${keyword}: ${JSON.stringify(schema[keyword])}`] : [],
    )
    .filter((rule) => rule.length <= longestRule);
  const { description } = schema;
  const titles = titledChoices
    .safeParse(schema)
    .data?.oneOf.map(({ const: value, title }) => `${value}: ${title}`);
  const meanings = titles === undefined ? [] : [`the choices mean ${titles.join(', ')}`];
  const parts = [...(typeof description === 'string' ? [description] : []), ...rules, ...meanings];
  return parts.length === 0 ? {} : { description: parts.join('; ') };
}

function allOrNull<Item>(items: readonly (Item | null)[]): Item[] | null {
  const there = items.filter((item) => item !== null);
  return there.length === items.length ? there : null;
}
