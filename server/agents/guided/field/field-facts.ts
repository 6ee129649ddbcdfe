import { z } from 'zod';
import type { Choice, InputType } from '../../../../contract/workflow-state.ts';
import type { Json } from '../../../../workflows/definition/json.ts';
import { labelOf } from '../../../domain/summary.ts';
import type { Field } from '../../../domain/workflow.ts';

/** The kind of answer that a field takes. It decides how the agent asks for the field and reads the answer. */
export type FieldKind =
  | 'yes-no'
  | 'choice'
  | 'integer'
  | 'number'
  | 'date'
  | 'date-time'
  | 'email'
  | 'web-address'
  | 'phone'
  /** A string of a fixed form: a pattern, a UUID, the address of a machine. */
  | 'code'
  | 'list'
  | 'object'
  /** A few words that are the value as they stand: a name, a title. */
  | 'words'
  /** Whole sentences, which are never taken apart. */
  | 'prose';

/** The facts in a field's JSON Schema that asking and reading need. */
export interface FieldFacts {
  readonly kind: FieldKind;
  readonly label: string;
  readonly description: string | null;
  readonly choices: readonly Choice[];
  /** The kind of a list's items; null if the field is no list. */
  readonly itemKind: 'choice' | 'number' | 'text' | 'other' | null;
  /** The values that a list may hold, if its schema names them. */
  readonly itemChoices: readonly Choice[];
  /** The parts of an object, or of each object in a list. */
  readonly properties: readonly Property[];
  readonly examples: readonly Json[];
  readonly minimum: number | null;
  readonly exclusiveMinimum: number | null;
  readonly maximum: number | null;
  readonly exclusiveMaximum: number | null;
  readonly multipleOf: number | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

export interface Property {
  readonly name: string;
  readonly type: 'text' | 'number' | 'yes-no' | 'other';
  /** A value that serves as an example. */
  readonly sample: Json;
}

const optionalNumber = z.number().nullable().catch(null).default(null);

const schemaShape = z.looseObject({
  type: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  format: z.string().optional().catch(undefined),
  description: z.string().nullable().catch(null).default(null),
  enum: z.array(z.string()).catch([]).default([]),
  const: z.string().optional().catch(undefined),
  examples: z.array(z.json()).catch([]).default([]),
  pattern: z.string().optional().catch(undefined),
  anyOf: z.array(z.looseObject({})).catch([]).default([]),
  minimum: optionalNumber,
  exclusiveMinimum: optionalNumber,
  maximum: optionalNumber,
  exclusiveMaximum: optionalNumber,
  multipleOf: optionalNumber,
  items: z.looseObject({}).optional().catch(undefined),
  properties: z.record(z.string(), z.looseObject({})).catch({}).default({}),
  minLength: optionalNumber,
  maxLength: optionalNumber,
});

type SchemaShape = z.infer<typeof schemaShape>;

const known = new WeakMap<Field, FieldFacts>();

/** Returns the facts of a field. They are cached, because fields don't change while a workflow is loaded. */
export function factsOf(field: Field): FieldFacts {
  const facts = known.get(field) ?? readFacts(field);
  known.set(field, facts);
  return facts;
}

function readFacts(field: Field): FieldFacts {
  const schema = readSchema(field);
  const kind = kindOf(field, schema);
  const items = kind === 'list' ? schemaShape.parse(schema.items ?? {}) : null;
  return {
    kind,
    label: labelOf(field),
    description: schema.description,
    choices:
      schema.const === undefined
        ? choicesOf(field, 'choice')
        : [{ value: schema.const, title: schema.const }],
    itemKind: items === null ? null : itemKindOf(items),
    itemChoices: choicesOf(field, 'choices'),
    properties: Object.entries((items ?? schema).properties).map(propertyOf),
    examples: schema.examples.filter((example) => field.check(example).ok),
    minimum: schema.minimum,
    exclusiveMinimum: schema.exclusiveMinimum,
    maximum: schema.maximum,
    exclusiveMaximum: schema.exclusiveMaximum,
    multipleOf: schema.multipleOf,
    minLength: schema.minLength,
    maxLength: schema.maxLength,
  };
}

function choicesOf({ control }: Field, type: 'choice' | 'choices'): readonly Choice[] {
  return control.type === type ? (control.choices ?? []) : [];
}

function propertyOf([name, json]: [string, object]): Property {
  const schema = schemaShape.parse(json);
  const [example] = schema.examples;
  const type = Array.isArray(schema.type)
    ? schema.type.find((candidate) => candidate !== 'null')
    : schema.type;
  switch (type) {
    case 'number':
    case 'integer':
      return { name, type: 'number', sample: example ?? schema.minimum ?? 1 };
    case 'boolean':
      return { name, type: 'yes-no', sample: example ?? true };
    case 'array':
      return { name, type: 'other', sample: example ?? [] };
    case 'object':
      return { name, type: 'other', sample: example ?? {} };
    case undefined:
    default:
      return {
        name,
        type: 'text',
        sample: example ?? schema.enum[0] ?? (schema.format === 'date' ? '2026-12-24' : '…'),
      };
  }
}

function itemKindOf(items: SchemaShape): 'choice' | 'number' | 'text' | 'other' {
  if (items.enum.length > 0) return 'choice';
  if (items.type === 'number' || items.type === 'integer') return 'number';
  return items.type === 'string' ? 'text' : 'other';
}

/** True if any text may be the field's answer, so no part of it can be told apart as something else. */
export function isFreeText(field: Field | null): boolean {
  const kind = field === null ? null : factsOf(field).kind;
  return kind === 'words' || kind === 'prose';
}

/**
 * Returns the field's schema. If it has alternatives, returns the first that is not null, with the description that
 * they share.
 */
function readSchema(field: Field): SchemaShape {
  const whole = schemaShape.parse(field.jsonSchema);
  const alternative = whole.anyOf.find((candidate) => candidate['type'] !== 'null');
  return alternative === undefined ? whole : schemaShape.parse({ ...alternative, ...withoutNulls(whole) });
}

function withoutNulls(schema: SchemaShape): object {
  return { ...(schema.description === null ? {} : { description: schema.description }) };
}

function kindOf(field: Field, schema: SchemaShape): FieldKind {
  if (field.control.type === 'choice' || schema.const !== undefined) return 'choice';
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type;
  switch (type) {
    case 'boolean':
      return 'yes-no';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'array':
      return 'list';
    case 'object':
      return 'object';
    case undefined:
    default:
      return stringKind(field.control.type, schema);
  }
}

function stringKind(type: InputType, { format, pattern }: SchemaShape): FieldKind {
  switch (type) {
    case 'date':
    case 'email':
    case 'phone':
      return type;
    case 'dateTime':
      return 'date-time';
    case 'url':
      return 'web-address';
    case 'longText':
      return 'prose';
    // Of a text, only looked-up choices: listed ones are an enum.
    case 'choice':
      return 'choice';
    case 'text':
    case 'time':
    case 'number':
    case 'choices':
    case 'confirmation':
    case 'group':
    case 'none':
      return format !== undefined || pattern !== undefined ? 'code' : 'words';
  }
}
