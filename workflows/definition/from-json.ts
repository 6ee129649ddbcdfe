import { z } from 'zod';
import { faultsOf } from './definition-fault.ts';
import type { DefinitionFault } from './definition-fault.ts';
import { fieldJsonSchema, objectSchema, titledChoice } from './field-json-schema.ts';
import type { FieldJsonSchema } from './field-json-schema.ts';
import { impossibleParts } from './impossible.ts';
import { patternFault } from './pattern-faults.ts';
import { readChecks, readCondition } from './json-rules.ts';
import type { JsonField } from './json-rules.ts';
import { isRegularExpression } from './pattern-steps.ts';

const looseDefinition = z.looseObject({ steps: z.array(z.unknown()) });
const looseStep = z.looseObject({});
const looseCollects = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

interface FromJson {
  /** The readable part, in the form that `defineWorkflow` takes; not checked yet. */
  readonly candidate: unknown;
  /** Faults of its JSON Schemas. */
  readonly faults: readonly DefinitionFault[];
}

/**
 * Converts a definition written in JSON into the form that `defineWorkflow` takes, and its JSON Schemas into zod
 * schemas. The candidate must still pass `checkDefinition`, which finds all other faults.
 */
export function definitionFromJson(json: unknown): FromJson {
  const { definition, faults: dialectFaults } = withoutDialect(json);
  const parsed = looseDefinition.safeParse(definition);
  if (!parsed.success) return { candidate: definition, faults: dialectFaults };
  const faults: DefinitionFault[] = [...dialectFaults];
  const known: JsonField[] = [];
  const steps = parsed.data.steps.map((json, index) => {
    const step = looseStep.safeParse(json);
    if (!step.success) return json;
    const converted = convertStep(step.data, `steps.${index}`, known);
    faults.push(...converted.faults);
    known.push(...converted.fields);
    return converted.step;
  });
  const context = convertContext(parsed.data);
  faults.push(...context.faults);
  const rules = takeRules({ ...parsed.data, ...context.converted, steps }, '', (checks) =>
    readChecks(checks, 'checks', { known, among: 'which no step collects' }),
  );
  return { candidate: rules.rest, faults: [...faults, ...rules.faults] };
}

function convertContext({ context }: Readonly<Record<string, unknown>>): {
  readonly converted: { readonly context?: z.ZodObject | undefined };
  readonly faults: readonly DefinitionFault[];
} {
  if (context === undefined) return { converted: {}, faults: [] };
  const { schema, faults } = collectsFromJsonSchema(context, 'context');
  return { converted: { context: schema ?? undefined }, faults };
}

interface ConvertedStep {
  readonly step: unknown;
  readonly fields: readonly JsonField[];
  readonly faults: readonly DefinitionFault[];
}

/** @param before the fields of the steps before */
function convertStep(
  json: Readonly<Record<string, unknown>>,
  path: string,
  before: readonly JsonField[],
): ConvertedStep {
  const { collects, when, ...rest } = json;
  const { schema, conditions } = takeFieldConditions(collects);
  const converted =
    collects === undefined
      ? { schema: null, faults: [] }
      : collectsFromJsonSchema(schema, `${path}.collects`);
  const shape: Readonly<Record<string, z.ZodType>> = converted.schema?.shape ?? {};
  const fields = Object.entries(shape).map(([name, field]): JsonField => ({
    name,
    schema: field,
    jsonSchema: propertyOf(schema, name),
  }));
  const faults: DefinitionFault[] = [...converted.faults];
  const applies =
    when === undefined
      ? undefined
      : readCondition(when, `${path}.when`, { known: before, among: 'which no step before it collects' });
  const fieldWhen = [...conditions].flatMap(([name, condition]) => {
    const earlier = fields.slice(
      0,
      fields.findIndex((field) => field.name === name),
    );
    const read = readCondition(condition, `${path}.collects.properties.${name}.when`, {
      known: [...before, ...earlier],
      among: 'which neither a step nor a field before it collects',
    });
    faults.push(...read.faults);
    return read.rule === undefined ? [] : [[name, read.rule] as const];
  });
  const rules = takeRules(rest, path, (checks) =>
    readChecks(checks, `${path}.checks`, {
      known: [...before, ...fields],
      among: 'which neither its step nor a step before it collects',
    }),
  );
  const step = {
    ...rules.rest,
    ...(applies?.rule === undefined ? {} : { when: applies.rule }),
    ...(converted.schema === null ? {} : { collects: converted.schema }),
    ...(fieldWhen.length === 0 ? {} : { fieldWhen: Object.fromEntries(fieldWhen) }),
  };
  return { step, fields, faults: [...faults, ...(applies?.faults ?? []), ...rules.faults] };
}

/** Turns `checks` into a `check`. The functions of TypeScript have other names in JSON, which their faults say. */
function takeRules(
  json: Readonly<Record<string, unknown>>,
  path: string,
  read: (checks: unknown) => ReturnType<typeof readChecks>,
): { readonly rest: object; readonly faults: readonly DefinitionFault[] } {
  const { checks, check, fieldWhen, ...rest } = json;
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const faults = [
    ...(check === undefined
      ? []
      : [
          {
            path: at('check'),
            message: 'is a function of definitions in TypeScript: write "checks" in JSON',
          },
        ]),
    ...(fieldWhen === undefined
      ? []
      : [
          {
            path: at('fieldWhen'),
            message: 'holds functions of definitions in TypeScript: write "when" into the field in JSON',
          },
        ]),
  ];
  if (checks === undefined) return { rest, faults };
  const { rule, faults: found } = read(checks);
  return { rest: { ...rest, ...(rule === undefined ? {} : { check: rule }) }, faults: [...faults, ...found] };
}

/** Takes the `when` out of each field, which is no keyword of JSON Schema. */
function takeFieldConditions(collects: unknown): {
  readonly schema: unknown;
  readonly conditions: ReadonlyMap<string, unknown>;
} {
  const conditions = new Map<string, unknown>();
  const readable = looseCollects.safeParse(collects);
  if (!readable.success) return { schema: collects, conditions };
  const properties = Object.entries(readable.data.properties).map(([name, property]): [string, unknown] => {
    const field = looseStep.safeParse(property);
    if (!field.success || field.data['when'] === undefined) return [name, property];
    const { when, ...schema } = field.data;
    conditions.set(name, when);
    return [name, schema];
  });
  return { schema: { ...readable.data, properties: Object.fromEntries(properties) }, conditions };
}

function propertyOf(collects: unknown, name: string): unknown {
  const readable = looseCollects.safeParse(collects);
  return readable.success ? withTitles(readable.data.properties[name]) : undefined;
}

/** Removes `$schema`: editors use it to complete the file, and it is no part of the workflow. */
function withoutDialect(json: unknown): { readonly definition: unknown; readonly faults: DefinitionFault[] } {
  const parsed = z.looseObject({ $schema: z.unknown().optional() }).safeParse(json);
  if (!parsed.success || !Object.hasOwn(parsed.data, '$schema')) return { definition: json, faults: [] };
  const { $schema, ...definition } = parsed.data;
  const isText = typeof $schema === 'string';
  return {
    definition,
    faults: isText ? [] : [{ path: '$schema', message: 'must be the address of a JSON Schema, a text' }],
  };
}

/** A faulty field becomes `z.any()`, so that `checkDefinition` still sees every field. */
function collectsFromJsonSchema(
  collects: unknown,
  path: string,
): { readonly schema: z.ZodObject | null; readonly faults: DefinitionFault[] } {
  const shape = objectSchema.safeParse(collects);
  const faults = [...(shape.success ? [] : faultsOf(shape.error, path)), ...jsonSchemaFaults(collects, path)];
  const readable = looseCollects.safeParse(collects);
  if (!readable.success) return { schema: null, faults };
  const required: readonly unknown[] = z.array(z.unknown()).catch([]).parse(readable.data['required']);
  const fields = Object.entries(readable.data.properties).map(([name, property]): [string, z.ZodType] => {
    const at = `${path}.properties.${name}`;
    const isFaulty = faults.some((fault) => fault.path === at || fault.path.startsWith(`${at}.`));
    const parsed = fieldJsonSchema.safeParse(property);
    if (isFaulty || !parsed.success) return [name, z.any()];
    try {
      const schema = z.fromJSONSchema(withTitles(parsed.data) as FieldJsonSchema);
      return [name, required.includes(name) ? schema : schema.optional()];
    } catch (error) {
      faults.push({ path: at, message: error instanceof Error ? error.message : String(error) });
      return [name, z.any()];
    }
  });
  return { schema: z.object(Object.fromEntries(fields)), faults };
}

/** Writes choices with titles as an `enum` with `titles`, as zod has them: it would make a union of `oneOf`. */
function withTitles(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withTitles);
  const parsed = looseStep.safeParse(schema);
  if (!parsed.success) return schema;
  const { oneOf, ...rest } = Object.fromEntries(
    Object.entries(parsed.data).map(([keyword, value]) =>
      holdsNoSchema.has(keyword) ? [keyword, value] : [keyword, withTitles(value)],
    ),
  );
  const choices = z.array(titledChoice).safeParse(oneOf);
  if (!choices.success) return rest;
  const titled = choices.data.flatMap(({ const: value, title }) =>
    title === undefined ? [] : [[value, title]],
  );
  const titles = titled.length === 0 ? {} : { titles: Object.fromEntries(titled) as Record<string, string> };
  return { ...rest, enum: choices.data.map((choice) => choice.const), ...titles };
}

const holdsNoSchema: ReadonlySet<string> = new Set(['enum', 'const', 'examples', 'required']);

/** Finds keywords that are valid one by one and contradict each other, or a pattern that is too slow. */
function jsonSchemaFaults(schema: unknown, path: string): DefinitionFault[] {
  return [
    ...requiredFaults(schema, path),
    ...jsonPatternFaults(schema, path),
    ...titleFaults(schema, path),
    ...impossibleParts(schema).map((fault) => ({
      ...fault,
      path: fault.path === '' ? path : `${path}.${fault.path}`,
    })),
  ];
}

function requiredFaults(schema: unknown, path: string): DefinitionFault[] {
  const parsed = looseCollects.safeParse(schema);
  const own = z.object({ required: z.array(z.unknown()) }).safeParse(schema);
  const names = parsed.success && own.success ? own.data.required : [];
  const unknown = names.flatMap((name, index) =>
    typeof name !== 'string' || (parsed.success && Object.hasOwn(parsed.data.properties, name))
      ? []
      : [
          {
            path: `${path}.required.${index}`,
            message: `requires "${name}", which is not among its properties`,
          },
        ],
  );
  return [...unknown, ...within(schema, path, requiredFaults)];
}

function titleFaults(schema: unknown, path: string): DefinitionFault[] {
  const own = z.looseObject({ oneOf: z.array(titledChoice) }).safeParse(schema);
  const values = own.success ? own.data.oneOf.map((choice) => choice.const) : [];
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  return [
    ...(own.success && own.data['enum'] !== undefined
      ? [{ path: `${path}.enum`, message: 'is already said by oneOf: leave one of them out' }]
      : []),
    ...(twice === undefined ? [] : [{ path: `${path}.oneOf`, message: `has the choice "${twice}" twice` }]),
    ...within(schema, path, titleFaults),
  ];
}

function jsonPatternFaults(schema: unknown, path: string): DefinitionFault[] {
  const own = z
    .object({ pattern: z.string(), maxLength: z.int().nonnegative().nullable().catch(null) })
    .safeParse(schema);
  const isPattern = own.success && isRegularExpression(own.data.pattern, '');
  const message = isPattern ? patternFault(new RegExp(own.data.pattern), own.data.maxLength) : null;
  return [
    ...(message === null ? [] : [{ path: `${path}.pattern`, message }]),
    ...within(schema, path, jsonPatternFaults),
  ];
}

function within(
  schema: unknown,
  path: string,
  faultsAt: (part: unknown, path: string) => DefinitionFault[],
): DefinitionFault[] {
  const parsed = z
    .object({ properties: z.record(z.string(), z.unknown()).catch({}), items: z.unknown().optional() })
    .safeParse(schema);
  if (!parsed.success) return [];
  const { properties, items } = parsed.data;
  return [
    ...Object.entries(properties).flatMap(([name, part]) => faultsAt(part, `${path}.properties.${name}`)),
    ...(items === undefined ? [] : faultsAt(items, `${path}.items`)),
  ];
}
