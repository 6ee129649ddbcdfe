import { z } from 'zod';
import type { Choice, InputType, OpenField } from '../../contract/workflow-state.ts';
import type { Json } from '../../workflows/definition/json.ts';

/** A field's name and schema, of which its control is made. */
interface ControlledField {
  readonly name: string;
  readonly required: boolean;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** Returns whether a value fits the field. */
  readonly accepts: (value: Json) => boolean;
}

const number = z.number().optional().catch(undefined);

const titledValue = z.looseObject({ const: z.string(), title: z.string().optional().catch(undefined) });

const schemaShape = z.looseObject({
  type: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  format: z.string().optional().catch(undefined),
  pattern: z.string().optional().catch(undefined),
  input: z.enum(['text', 'longText', 'phone', 'time']).optional().catch(undefined),
  enum: z.array(z.string()).min(1).optional().catch(undefined),
  oneOf: z.array(titledValue).optional().catch(undefined),
  anyOf: z.array(z.looseObject({})).optional().catch(undefined),
  items: z.looseObject({}).optional().catch(undefined),
  examples: z.array(z.json()).catch([]).default([]),
  minimum: number,
  maximum: number,
  multipleOf: number,
  minItems: number,
  maxItems: number,
  maxLength: number,
});

type SchemaShape = z.infer<typeof schemaShape>;

/** The control for a field, as `workflowState.open` shows it. It follows from the schema, so it is made once. */
export function controlOf({ name, required, jsonSchema, accepts }: ControlledField): OpenField {
  const schema = readSchema(jsonSchema);
  const title = titleOfField(name, jsonSchema);
  const items = schema.items === undefined ? null : readSchema(schema.items);
  const type = inputTypeOf(schema, items, `${title} ${schema.description ?? ''}`);
  const choices = choicesOf(schema) ?? (type === 'choices' && items !== null ? choicesOf(items) : null);
  const examples = schema.examples.filter(accepts);
  return {
    type,
    field: name,
    title,
    required,
    ...(choices === null ? {} : { choices }),
    ...boundsOf(type, schema),
    ...(schema.maxLength === undefined || choices !== null ? {} : { maxLength: schema.maxLength }),
    ...(examples.length === 0 ? {} : { examples }),
  };
}

/** The first alternative that is not null, under the words that they share. */
function readSchema(json: object): SchemaShape {
  const whole = schemaShape.parse(json);
  const alternative = whole.anyOf?.find((candidate) => candidate['type'] !== 'null');
  if (alternative === undefined) return whole;
  const { title, description, input, examples } = whole;
  const shared = Object.entries({ title, description, input }).filter(([, value]) => value !== undefined);
  return schemaShape.parse({
    ...alternative,
    ...Object.fromEntries(shared),
    ...(examples.length === 0 ? {} : { examples }),
  });
}

function inputTypeOf(schema: SchemaShape, items: SchemaShape | null, said: string): InputType {
  if (choicesOf(schema) !== null) return 'choice';
  const { type: types } = schema;
  const type = Array.isArray(types) ? types.find((name) => name !== 'null') : types;
  switch (type) {
    case 'boolean':
      return 'confirmation';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      if (items !== null && choicesOf(items) !== null) return 'choices';
      return items?.type === 'object' ? 'group' : 'text';
    case 'string':
      return textInputOf(schema, said);
    case undefined:
    default:
      return 'text';
  }
}

const phoneWords = /\b(phone|telephone|mobile|callback|fax)\b/i;
const proseWords =
  /\b(describe|description|details?|notes?|comments?|reasons?|explanation|message|account)\b/i;
/** Texts that may be longer get room for several lines, in characters. */
const longestLine = 300;

/** The schema's own word (`input`) or its format counts; else the label and the description tell phone numbers and prose. */
function textInputOf({ format, pattern, maxLength, input }: SchemaShape, said: string): InputType {
  if (input !== undefined) return input;
  switch (format) {
    case 'date':
    case 'email':
      return format;
    case 'date-time':
      return 'dateTime';
    case 'uri':
      return 'url';
    case 'e164':
      return 'phone';
    case undefined:
    default:
      if (phoneWords.test(said) && !/\bname\b/i.test(said)) return 'phone';
      if (format !== undefined || pattern !== undefined) return 'text';
      return (maxLength ?? 0) > longestLine || proseWords.test(said) ? 'longText' : 'text';
  }
}

function boundsOf(type: InputType, schema: SchemaShape): { min?: number; max?: number; step?: number } {
  const isList = type === 'choices' || type === 'group';
  if (!isList && type !== 'number') return {};
  const min = isList ? schema.minItems : schema.minimum;
  const max = isList ? schema.maxItems : schema.maximum;
  const step = isList ? undefined : (schema.multipleOf ?? (schema.type === 'integer' ? 1 : undefined));
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
  };
}

/**
 * The values that a schema lists, with their titles; null for a schema that lists none. An agent is shown a schema that
 * has them in `oneOf` alone (shownSchemaOf).
 */
function choicesOf({ enum: listed, oneOf = [] }: SchemaShape): Choice[] | null {
  const values = listed ?? oneOf.map((choice) => choice.const);
  if (values.length === 0) return null;
  const titles = new Map(oneOf.map(({ const: value, title }) => [value, title]));
  return values.map((value) => ({ value, title: titles.get(value) ?? value }));
}

/** The label of a field: its schema's title, or its name with its words apart (`taxID` is "Tax ID"). */
export function titleOfField(name: string, { title }: Readonly<Record<string, unknown>>): string {
  if (typeof title === 'string') return title;
  const label = name
    .split(wordBoundary)
    .filter((word) => word !== '')
    .map((word) => (/[a-z]/.test(word) ? word.toLowerCase() : word))
    .join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

// Underscores, `company|Name`, and the end of an abbreviation: `URL|Path`.
const wordBoundary = /_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
