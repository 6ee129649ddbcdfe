import { z } from 'zod';
import type { CollectedFields, Json } from './json.ts';

/** A condition of a definition in JSON. A comparison with a field that has no value does not hold. */
export type JsonCondition =
  | { readonly all: readonly JsonCondition[] }
  | { readonly any: readonly JsonCondition[] }
  | { readonly not: JsonCondition }
  | FieldCondition;

/** Comparisons of one field: all of them must hold. */
export interface FieldCondition {
  readonly field: string;
  readonly equals?: Json | undefined;
  readonly in?: readonly Json[] | undefined;
  readonly gt?: Comparable | undefined;
  readonly gte?: Comparable | undefined;
  readonly lt?: Comparable | undefined;
  readonly lte?: Comparable | undefined;
  readonly exists?: boolean | undefined;
}

type Comparable = string | number;

export const orderings = ['gt', 'gte', 'lt', 'lte'] as const;
const comparisons = ['equals', 'in', ...orderings, 'exists'] as const;

const comparable = z.union([z.string(), z.number()], 'must be a number, or a date or time as a text');

export const fieldCondition = z
  .strictObject({
    field: z.string(),
    equals: z.json().optional(),
    in: z.array(z.json()).min(1, 'must list at least one value').optional(),
    gt: comparable.optional(),
    gte: comparable.optional(),
    lt: comparable.optional(),
    lte: comparable.optional(),
    exists: z.boolean().optional(),
  })
  .refine((condition) => comparisons.some((comparison) => condition[comparison] !== undefined), {
    error: `must compare its field: with ${comparisons.map((name) => `"${name}"`).join(', ')}`,
  });

const conditions = z.array(z.lazy((): z.ZodType<JsonCondition> => jsonCondition)).min(1);
const joined: Readonly<Record<string, z.ZodType<JsonCondition>>> = {
  all: z.strictObject({ all: conditions }),
  any: z.strictObject({ any: conditions }),
  not: z.strictObject({ not: z.lazy((): z.ZodType<JsonCondition> => jsonCondition) }),
};

/** Told apart by the member that it has, so that a fault is told at its place. */
export const jsonCondition: z.ZodType<JsonCondition> = z.unknown().transform((condition, context) => {
  const kind = isObject(condition)
    ? Object.keys(joined).find((name) => Object.hasOwn(condition, name))
    : null;
  if (kind === null) {
    context.addIssue(
      'must be a condition: { "field": …, "equals": … }, { "all": […] }, { "any": […] } or { "not": … }',
    );
    return z.NEVER;
  }
  const parsed = ((kind === undefined ? undefined : joined[kind]) ?? fieldCondition).safeParse(condition);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues)
    context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Makes a function of a condition, as `when` takes one. */
export function compileCondition(condition: JsonCondition): (collected: CollectedFields) => boolean {
  if ('all' in condition) {
    const parts = condition.all.map(compileCondition);
    return (collected) => parts.every((part) => part(collected));
  }
  if ('any' in condition) {
    const parts = condition.any.map(compileCondition);
    return (collected) => parts.some((part) => part(collected));
  }
  if ('not' in condition) {
    const part = compileCondition(condition.not);
    return (collected) => !part(collected);
  }
  const { field } = condition;
  return (collected) => holds(condition, collected[field]);
}

function holds(
  { equals, in: listed, gt, gte, lt, lte, exists }: FieldCondition,
  value: Json | undefined,
): boolean {
  if (exists !== undefined && exists !== (value !== undefined)) return false;
  const compares = [equals, listed, gt, gte, lt, lte].some((other) => other !== undefined);
  if (value === undefined) return !compares;
  return (
    (equals === undefined || isSame(value, equals)) &&
    (listed === undefined || listed.some((other) => isSame(value, other))) &&
    (gt === undefined || isOrdered(value, '>', gt)) &&
    (gte === undefined || isOrdered(value, '>=', gte)) &&
    (lt === undefined || isOrdered(value, '<', lt)) &&
    (lte === undefined || isOrdered(value, '<=', lte))
  );
}

export const operators = ['=', '!=', '>', '>=', '<', '<='] as const;
export type Operator = (typeof operators)[number];

/** Compares two values of the same type: numbers, dates, times and moments have an order, others are the same or not. */
export function isOrdered(left: Json, operator: Operator, right: Json): boolean {
  if (operator === '=') return isSame(left, right);
  if (operator === '!=') return !isSame(left, right);
  const [first, second] = [orderOf(left), orderOf(right)];
  if (first === null || second === null) return false;
  switch (operator) {
    case '>':
      return first > second;
    case '>=':
      return first >= second;
    case '<':
      return first < second;
    case '<=':
      return first <= second;
  }
}

/** The place of a value in its order; null for a value that has none. A time without an offset counts as UTC. */
export function orderOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const moment = /^\d\d:/.test(value) ? `1970-01-01T${value}` : value;
  const hasZone = !moment.includes('T') || /(Z|[+-]\d\d:?\d\d)$/i.test(moment);
  const at = Date.parse(hasZone ? moment : `${moment}Z`);
  return /^\d{4}-\d\d-\d\d(T|$)/.test(moment) && Number.isFinite(at) ? at : null;
}

function isSame(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const [ours, theirs] = [Object.entries<Json>(left), new Map(Object.entries<Json>(right))];
  return (
    Array.isArray(left) === Array.isArray(right) &&
    ours.length === theirs.size &&
    ours.every(([name, value]) => {
      const other = theirs.get(name);
      return other !== undefined && isSame(value, other);
    })
  );
}
