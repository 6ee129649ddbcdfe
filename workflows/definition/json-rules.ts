/**
 * The conditions and checks of a definition in JSON, as the functions that a definition in TypeScript has.
 *
 * The job: check each of them against the fields that it may read, and compile it. The boundary: from-json.ts has
 * converted the schemas of the fields. It keeps that a condition or check with a fault is left out, and named with its
 * place, so that one mistake is told once.
 */
import { z } from 'zod';
import type { CheckIssues, StepDefinition } from './define-workflow.ts';
import { compileCondition, isOrdered, jsonCondition, operators, orderOf, orderings } from './condition.ts';
import type { FieldCondition, JsonCondition } from './condition.ts';
import { faultsOf } from './definition-fault.ts';
import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';
import type { Json } from './json.ts';

/** A field with its converted schema. */
export interface JsonField {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly jsonSchema: unknown;
}

/** The fields that a rule may read. */
export interface RuleScope {
  readonly known: readonly JsonField[];
  /** Where those fields are: "which no step before it collects" is the fault of another. */
  readonly among: string;
}

interface Compiled<Rule> {
  readonly rule: Rule | undefined;
  readonly faults: readonly DefinitionFault[];
}

export function readCondition(
  json: unknown,
  path: string,
  scope: RuleScope,
): Compiled<NonNullable<StepDefinition['when']>> {
  const parsed = jsonCondition.safeParse(json);
  const faults = parsed.success ? conditionFaults(parsed.data, path, scope) : faultsOf(parsed.error, path);
  return { rule: parsed.success && faults.length === 0 ? compileCondition(parsed.data) : undefined, faults };
}

const fieldCheck = z.strictObject({
  compare: z
    .tuple(
      [
        z.string(),
        z.enum(operators, `must be one of ${operators.map((each) => `"${each}"`).join(', ')}`),
        z.string(),
      ],
      'must be two fields with an operator between them: ["until", ">=", "from"]',
    )
    // zod leaves the length out of the JSON Schema.
    .meta({ minItems: 3, maxItems: 3 }),
  message: z.string().trim().min(1, 'must say what is wrong, in words that people are shown').max(500),
});
export const fieldChecks = z.array(fieldCheck).min(1).max(50);

type FieldCheck = z.infer<typeof fieldCheck>;

export function readChecks(
  json: unknown,
  path: string,
  scope: RuleScope,
): Compiled<NonNullable<StepDefinition['check']>> {
  const parsed = fieldChecks.safeParse(json);
  if (!parsed.success) return { rule: undefined, faults: faultsOf(parsed.error, path) };
  const checks = parsed.data;
  const faults = checks.flatMap((check, index) => checkFaults(check, `${path}.${index}.compare`, scope));
  return { rule: faults.length === 0 ? compileChecks(checks) : undefined, faults };
}

/** A comparison applies once both of its fields have a value. Its issue is the first field's. */
function compileChecks(checks: readonly FieldCheck[]): NonNullable<StepDefinition['check']> {
  return ({ fields }) => {
    const issues = new Map<string, string[]>();
    for (const { compare, message } of checks) {
      const [name, operator, other] = compare;
      const [left, right] = [fields[name], fields[other]];
      if (left === undefined || right === undefined || isOrdered(left, operator, right)) continue;
      issues.set(name, [...(issues.get(name) ?? []), message]);
    }
    return Object.fromEntries(issues) satisfies CheckIssues;
  };
}

function conditionFaults(condition: JsonCondition, path: string, scope: RuleScope): DefinitionFault[] {
  if ('all' in condition)
    return condition.all.flatMap((part, index) => conditionFaults(part, `${path}.all.${index}`, scope));
  if ('any' in condition)
    return condition.any.flatMap((part, index) => conditionFaults(part, `${path}.any.${index}`, scope));
  if ('not' in condition) return conditionFaults(condition.not, `${path}.not`, scope);
  const field = scope.known.find(({ name }) => name === condition.field);
  return field === undefined
    ? [unknownField(condition.field, `${path}.field`, scope)]
    : comparisonFaults(condition, path, field);
}

function unknownField(name: string, path: string, { known, among }: RuleScope): DefinitionFault {
  const names = known.map((field) => field.name);
  return { path, message: `reads "${name}", ${among}${didYouMean(name, names)}` };
}

function comparisonFaults(condition: FieldCondition, path: string, field: JsonField): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  const mustFit = (value: Json, at: string): void => {
    if (field.schema.safeParse(value).success) return;
    const choices = choicesOf(field.jsonSchema);
    const near = typeof value === 'string' ? didYouMean(value, choices) : '';
    const message = `${JSON.stringify(value)} is no value of the field "${field.name}", so this can't hold${near}`;
    faults.push({ path: `${path}.${at}`, message });
  };
  if (condition.equals !== undefined) mustFit(condition.equals, 'equals');
  condition.in?.forEach((value, index) => mustFit(value, `in.${index}`));
  for (const ordering of orderings) {
    const value = condition[ordering];
    if (value === undefined) continue;
    const order = orderNameOf(field.jsonSchema);
    const at = `${path}.${ordering}`;
    if (order === null) {
      faults.push({
        path: at,
        message: `compares numbers, dates and times, and the field "${field.name}" is none`,
      });
    } else if (!hasOrder(value, order)) {
      faults.push({ path: at, message: `must be a ${order}, as the field "${field.name}" is one` });
    }
  }
  return faults;
}

function checkFaults({ compare }: FieldCheck, path: string, scope: RuleScope): DefinitionFault[] {
  const [leftName, operator, rightName] = compare;
  const left = scope.known.find(({ name }) => name === leftName);
  const right = scope.known.find(({ name }) => name === rightName);
  if (left === undefined || right === undefined) {
    return [
      ...(left === undefined ? [unknownField(leftName, `${path}.0`, scope)] : []),
      ...(right === undefined ? [unknownField(rightName, `${path}.2`, scope)] : []),
    ];
  }
  if (leftName === rightName) return [{ path, message: 'compares a field with itself' }];
  const isEquality = operator === '=' || operator === '!=';
  const [leftOrder, rightOrder] = [left, right].map(({ jsonSchema }) =>
    isEquality ? (orderNameOf(jsonSchema) ?? typeNameOf(jsonSchema)) : orderNameOf(jsonSchema),
  );
  if (leftOrder !== null && leftOrder === rightOrder) return [];
  const remedy = isEquality
    ? 'compare two fields of the same type'
    : 'compare two numbers, two dates or two times';
  const types = `"${leftName}" is a ${typeNameOf(left.jsonSchema)}, "${rightName}" a ${typeNameOf(right.jsonSchema)}`;
  return [{ path, message: `can't compare these fields (${types}): ${remedy}` }];
}

const readableSchema = z
  .looseObject({
    type: z.string().catch('value'),
    format: z.string().optional().catch(undefined),
    enum: z.array(z.string()).catch([]).default([]),
  })
  .catch({ type: 'value', enum: [] });

type OrderName = 'number' | 'date' | 'time' | 'date-time';

/** The kind of value by which a field is ordered; null for one that is not. */
function orderNameOf(jsonSchema: unknown): OrderName | null {
  const { type, format } = readableSchema.parse(jsonSchema);
  if (type === 'number' || type === 'integer') return 'number';
  if (type !== 'string') return null;
  return format === 'date' || format === 'time' || format === 'date-time' ? format : null;
}

function typeNameOf(jsonSchema: unknown): string {
  const { type, format } = readableSchema.parse(jsonSchema);
  return orderNameOf(jsonSchema) ?? format ?? (type === 'string' ? 'text' : type);
}

function hasOrder(value: string | number, order: OrderName): boolean {
  if (order === 'number') return typeof value === 'number';
  if (typeof value !== 'string' || orderOf(value) === null) return false;
  switch (order) {
    case 'date':
      return !value.includes(':');
    case 'time':
      return !value.includes('-') || value.indexOf(':') < value.indexOf('-');
    case 'date-time':
      return value.includes('T');
  }
}

function choicesOf(jsonSchema: unknown): readonly string[] {
  return readableSchema.parse(jsonSchema).enum;
}
