import { z } from 'zod';
import { lookupFailures } from './choices.ts';
import type { ChoicesDefinition } from './choices.ts';
import { choicesFaults } from './choices-faults.ts';
import type { StepDefinition, WorkflowDefinition } from './define-workflow.ts';
import { faultsOf } from './definition-fault.ts';
import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';
import { groupFaults } from './group-faults.ts';
import { functionFaults } from './function-faults.ts';
import { impossibleParts } from './impossible.ts';
import { patternFaults } from './pattern-faults.ts';
import { preamblePlaceholders, unknownPlaceholders } from './preamble.ts';

export const identifier = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens, like "leave-request"')
  .max(64);
const functionSchema = <T>() =>
  z.custom<T>((value) => typeof value === 'function' && value.constructor.name !== 'AsyncFunction', {
    error: 'must be a function, and not an async one',
  });
const inBraces = (name: string): string => `{{${name}}}`;
export const title = z.string().trim().min(1).max(200);

/** An object with these keys and no others; a key that is mistyped is told from the one that is meant. */
function keysOf<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: ({ code, keys }) => {
      const [key, ...others] = code === 'unrecognized_keys' ? z.array(z.string()).parse(keys) : [];
      if (key === undefined || others.length > 0) return undefined;
      return `Unrecognized key: "${key}"${didYouMean(key, Object.keys(shape))}`;
    },
  });
}

// A lookup may be async, unlike the functions that a turn runs as it goes.
const choicesSchema = keysOf({
  find: z.custom<ChoicesDefinition['find']>((value) => typeof value === 'function', {
    error: 'must be a function that finds choices: async (query, { fields, signal }) => [{ value, title }]',
  }),
  whenUnavailable: z.enum(lookupFailures),
});

const zodObject = z.custom<z.ZodObject>((value) => value instanceof z.ZodObject, {
  error: 'must be a zod object schema: z.object({ … })',
});

const stepSchema = keysOf({
  id: identifier,
  title,
  description: z.string().max(2000).optional(),
  collects: zodObject.optional(),
  when: functionSchema<NonNullable<StepDefinition['when']>>().optional(),
  choices: z.record(z.string(), choicesSchema).optional(),
  fieldWhen: z.record(z.string(), functionSchema<NonNullable<StepDefinition['when']>>()).optional(),
  check: functionSchema<NonNullable<StepDefinition['check']>>().optional(),
});

const actionName = z.string().min(1).max(200);

const host = z
  .string()
  .max(253)
  .refine(isHost, {
    error:
      'must be a host in lower case, like "example.com", or "*.example.com" for all below it; ' +
      'with a port only where it is not the usual one, and without "https://" or a path',
  });

export const cardsSchema = keysOf({
  allowedActions: z.array(actionName).max(100).optional(),
  allowedHosts: z.array(host).max(100).optional(),
});

export const budgetSchema = keysOf({
  turns: z.int().positive().optional(),
  tokens: z.int().positive().optional(),
}).refine(({ turns, tokens }) => turns !== undefined || tokens !== undefined, {
  error: 'must set turns, tokens or both: leave it out for any number',
});

const definitionSchema = keysOf({
  id: identifier,
  version: z.int().positive(),
  title,
  description: z.string().max(2000).optional(),
  whatHappensNext: z.string().max(2000).optional(),
  preamble: z
    .string()
    .max(8000)
    .refine((template) => unknownPlaceholders(template).length === 0, {
      error: ({ input }) =>
        `uses ${unknownPlaceholders(String(input)).map(inBraces).join(', ')}, but there are only ` +
        preamblePlaceholders.map(inBraces).join(', '),
    })
    .optional(),
  context: zodObject.optional(),
  steps: z.array(stepSchema).min(1, 'must have at least one step').max(100),
  check: functionSchema<NonNullable<WorkflowDefinition['check']>>().optional(),
  cards: cardsSchema.optional(),
  budget: budgetSchema.optional(),
  migrate: functionSchema<NonNullable<WorkflowDefinition['migrate']>>().optional(),
});

/**
 * Returns whether a host is spelled as in a parsed URL. Links of cards are compared with it, so no other spelling
 * matches.
 */
function isHost(text: string): boolean {
  const host = text.startsWith('*.') ? text.slice(2) : text;
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/.test(host)) return false;
  return URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host;
}

const fieldName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
// A lookup by an inherited name (`toString`, `constructor`) finds a value although none was collected.
const isReserved = (name: string): boolean => name in Object.prototype || name === 'prototype';

/**
 * Lists every fault of a definition; the list is empty when a conversation can run on it.
 * @param candidate the export of a definition file, not validated yet
 */
export function checkDefinition(candidate: unknown): DefinitionFault[] {
  const shape = definitionSchema.safeParse(candidate);
  // A fault of the shape must not hide the others: the author gets the whole list at once.
  const steps = readableSteps(candidate);
  return [
    ...(shape.success ? [] : faultsOf(shape.error)),
    ...duplicateStepIds(steps.map((step) => step.id)),
    ...duplicateFields(steps),
    ...steps.flatMap((step, index) => fieldFaults(step.collects, `steps.${index}.collects`)),
    ...steps.flatMap((step, index) => choicesFaults(step, `steps.${index}.choices`)),
    ...fieldFaults(readableContext(candidate), 'context'),
    ...steps.flatMap(fieldWhenFaults),
    ...functionFaults(steps, readableCheck.parse(candidate).check),
  ];
}

function readableContext(candidate: unknown): z.ZodObject | undefined {
  return z.object({ context: zodObject.optional().catch(undefined) }).safeParse(candidate).data?.context;
}

interface ReadableStep {
  readonly id: string | undefined;
  readonly collects: z.ZodObject | undefined;
  /** The names of the fields whose choices are looked up. */
  readonly lookedUp: readonly string[];
  /** Field names; null if `collects` is not a zod object. */
  readonly fields: readonly string[] | null;
  readonly when: ConditionFunction | undefined;
  readonly fieldWhen: ReadonlyMap<string, ConditionFunction>;
  readonly check: ((given: object) => unknown) | undefined;
}

type ConditionFunction = (collected: object, context: object) => unknown;

const checkFunction = functionSchema<(given: object) => unknown>().optional().catch(undefined);
const readableCheck = z.object({ check: checkFunction }).catch({ check: undefined });

const readableStep = z
  .object({
    id: identifier.optional().catch(undefined),
    collects: z.unknown().optional(),
    choices: z.record(z.string(), z.unknown()).catch({}).default({}),
    when: functionSchema<ConditionFunction>().optional().catch(undefined),
    fieldWhen: z.record(z.string(), functionSchema<ConditionFunction>()).catch({}).default({}),
    check: checkFunction,
  })
  .catch({
    id: undefined,
    collects: undefined,
    choices: {},
    when: undefined,
    fieldWhen: {},
    check: undefined,
  });

function readableSteps(candidate: unknown): ReadableStep[] {
  const parsed = z.object({ steps: z.array(readableStep) }).safeParse(candidate);
  if (!parsed.success) return [];
  return parsed.data.steps.map(({ id, collects, choices, when, fieldWhen, check }) => {
    const schema = collects instanceof z.ZodObject ? collects : undefined;
    const fields = collects === undefined ? [] : schema === undefined ? null : Object.keys(schema.shape);
    return {
      id,
      collects: schema,
      lookedUp: Object.keys(choices),
      fields,
      when,
      fieldWhen: new Map(Object.entries(fieldWhen)),
      check,
    };
  });
}

function fieldWhenFaults({ fields, fieldWhen }: ReadableStep, index: number): DefinitionFault[] {
  return [...fieldWhen.keys()].flatMap((name) =>
    fields === null || fields.includes(name)
      ? []
      : [
          {
            path: `steps.${index}.fieldWhen.${name}`,
            message: `the step does not collect "${name}"${didYouMean(name, fields)}`,
          },
        ],
  );
}

function duplicateStepIds(ids: readonly (string | undefined)[]): DefinitionFault[] {
  return ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [{ path: `steps.${index}.id`, message: `duplicate step id "${id}": each step needs its own` }],
  );
}

function duplicateFields(steps: readonly ReadableStep[]): DefinitionFault[] {
  const owner = new Map<string, number>();
  const faults: DefinitionFault[] = [];
  steps.forEach((step, index) => {
    for (const name of Object.keys(step.collects?.shape ?? {})) {
      const first = owner.get(name);
      if (first === undefined) {
        owner.set(name, index);
        continue;
      }
      const owningStep = steps[first]?.id ?? String(first);
      faults.push({
        path: `steps.${index}.collects.${name}`,
        message: `field "${name}" is already collected by step "${owningStep}": a field belongs to one step`,
      });
    }
  });
  return faults;
}

function fieldFaults(collects: z.ZodObject | undefined, path: string): DefinitionFault[] {
  if (collects === undefined) return [];
  const faults: DefinitionFault[] = [];
  if ((collects.def.checks ?? []).length > 0) {
    faults.push({
      path,
      message:
        'fields are checked one by one, so a check on the whole object would never run: put it on a field',
    });
  }
  if (Object.keys(collects.shape).length === 0) {
    faults.push({ path, message: 'collects no field: leave `collects` out of a step that collects nothing' });
  }
  for (const [name, schema] of Object.entries<z.core.$ZodType>(collects.shape)) {
    const at = `${path}.${name}`;
    faults.push(...oneFieldFaults(name, schema, at), ...groupFaults(schema, at, memberFaults));
  }
  return faults;
}

function oneFieldFaults(name: string, schema: z.core.$ZodType, at: string): DefinitionFault[] {
  const fault = jsonFault(schema);
  return [
    ...nameFaults(name, at),
    ...(fault === null ? valueFaults(schema, at) : [{ path: at, message: fault }]),
  ];
}

/** The faults of a field of a group's items that the check of the whole group does not find. */
function memberFaults(name: string, schema: z.core.$ZodType, at: string): DefinitionFault[] {
  if (jsonFault(schema) !== null) return nameFaults(name, at);
  const check = checkFault(schema);
  return [...nameFaults(name, at), ...(check === null ? [] : [{ path: at, message: check }])];
}

function nameFaults(name: string, at: string): DefinitionFault[] {
  if (!fieldName.test(name)) {
    const message = 'a field name is a letter, then letters, digits and underscores (64 at most)';
    return [{ path: at, message }];
  }
  return isReserved(name)
    ? [{ path: at, message: `"${name}" is a reserved name: give the field another` }]
    : [];
}

/** Lists the faults of a field whose values JSON can carry. */
function valueFaults(schema: z.core.$ZodType, at: string): DefinitionFault[] {
  const check = checkFault(schema);
  const messages = [...(check === null ? [] : [check]), ...patternFaults(schema)];
  const impossible = impossibleParts(z.toJSONSchema(schema, { io: 'output' }));
  return [
    ...messages.map((message) => ({ path: at, message })),
    ...impossible.map(({ path, message }) => ({ path: path === '' ? at : `${at}.${path}`, message })),
  ];
}

/** Values go to the agent, to Redis and to the client as JSON, so a schema must have a JSON Schema on both sides. */
function jsonFault(schema: z.core.$ZodType): string | null {
  try {
    z.toJSONSchema(schema, { io: 'output' });
    z.toJSONSchema(schema, { io: 'input' });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `JSON can't carry its values (${reason}): use a type that JSON has, such as z.iso.date() for a date`;
  }
}

// One value of each type, so that the checks which run after a type check are reached. Their verdicts do not matter
// here.
const probes: readonly unknown[] = [
  'a',
  'a@example.com',
  'https://example.com',
  '2026-01-31',
  1,
  1.5,
  true,
  [],
  {},
];

function checkFault(schema: z.core.$ZodType): string | null {
  try {
    for (const probe of probes) z.safeParse(schema, probe);
  } catch (error) {
    if (error instanceof z.core.$ZodAsyncError)
      return 'its checks must not be async: a turn does not wait for them';
    return `its checks throw (${error instanceof Error ? error.message : String(error)})`;
  }
  const isRequired = !z.safeParse(schema, undefined).success;
  if (isRequired && z.safeParse(schema, null).success) {
    return 'may be null, which clears a field, so it could never be completed: make it optional instead';
  }
  return null;
}
