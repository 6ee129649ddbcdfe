import { z } from 'zod';
import { partsOf, patternsOf } from './schema-parts.ts';

/**
 * Returns the most characters that a string schema accepts; null if it has no bound, or changes the text (`trim`)
 * before it checks the length.
 */
export function maxLengthOf(schema: z.core.$ZodType): number | null {
  if (!(schema instanceof z.core.$ZodString)) return null;
  const checks = checksOf(schema);
  if (checks.some(({ check }) => check === 'overwrite')) return null;
  const bounds = checks.flatMap(({ maximum, length }) =>
    [maximum, length].filter((bound) => typeof bound === 'number'),
  );
  return bounds.length === 0 ? null : Math.min(...bounds);
}

function checksOf(schema: z.core.$ZodType): { check: string; maximum?: unknown; length?: unknown }[] {
  return (schema._zod.def.checks ?? []).map((check) => check._zod.def);
}

/**
 * Returns the string schemas whose text has a known place in a value: in objects, lists and optional values. A union
 * may try any of its options, so the schemas within one are left out.
 */
export function placedTexts(schema: z.core.$ZodType): ReadonlySet<z.core.$ZodType> {
  const parts = partsOf(schema);
  const texts: readonly z.core.$ZodType[] = parts.filter((part) => part instanceof z.core.$ZodString);
  const others = parts.filter(
    (part) => !(part instanceof z.core.$ZodString) && partsOfValue(part, undefined).length === 0,
  );
  const hidden = new Set(others.flatMap(partsOf));
  return new Set(texts.filter((text) => !hidden.has(text)));
}

/**
 * Finds the texts of a value that have a pattern to fit and exceed the `maxLength` of their schema. zod tries a pattern
 * even on a text whose length it has refused. `patternFaults` judges a pattern by that length, so the caller must
 * refuse such a value before zod sees it.
 */
export function overlongTexts(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly string[] = [],
): Overlong[] {
  if (typeof value === 'string') {
    const text = unwrapped(schema);
    const most = maxLengthOf(text);
    const isTried = patternsOf(text).length > 0;
    return most === null || value.length <= most || !isTried
      ? []
      : [{ path, issues: lengthIssues(text, value) }];
  }
  return partsOfValue(schema, value).flatMap(({ part, values }) =>
    values.flatMap(({ key, within }) => overlongTexts(part, within, key === null ? path : [...path, key])),
  );
}

export interface Overlong {
  readonly path: readonly string[];
  /** The schema's own messages. */
  readonly issues: readonly string[];
}

function lengthIssues(schema: z.core.$ZodType, text: string): string[] {
  const checks = (schema._zod.def.checks ?? []).filter((check) =>
    ['max_length', 'length_equals'].includes(check._zod.def.check),
  ) as z.core.$ZodCheck<string>[];
  const parsed = z
    .string()
    .check(...checks)
    .safeParse(text);
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
}

interface SchemaPart {
  readonly part: z.core.$ZodType;
  readonly values: readonly { readonly key: string | null; readonly within: unknown }[];
}

/** The parts of a schema that have a place of their own in a value, each with the values there. */
function partsOfValue(schema: z.core.$ZodType, value: unknown): SchemaPart[] {
  const inner = innerOf(schema);
  if (inner !== null) return [{ part: inner, values: [{ key: null, within: value }] }];
  if (schema instanceof z.core.$ZodArray) {
    const items: unknown[] = Array.isArray(value) ? value : [];
    const values = items.map((within, index) => ({ key: String(index), within }));
    return [{ part: schema._zod.def.element, values }];
  }
  if (!(schema instanceof z.core.$ZodObject)) return [];
  const held =
    typeof value === 'object' && value !== null
      ? new Map<string, unknown>(Object.entries(value))
      : new Map<string, unknown>();
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema._zod.def.shape;
  return Object.entries(shape).map(([key, part]) => ({
    part,
    values: held.has(key) ? [{ key, within: held.get(key) }] : [],
  }));
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | null {
  const isWrapper =
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodReadonly;
  return isWrapper ? schema._zod.def.innerType : null;
}

export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = innerOf(schema);
  return inner === null ? schema : unwrapped(inner);
}
