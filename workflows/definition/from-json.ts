import { z } from 'zod';
import { faultsOf } from './definition-fault.ts';
import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';
import { impossibleParts } from './impossible.ts';
import { patternFault } from './pattern-faults.ts';
import { isRegularExpression } from './pattern-steps.ts';

const looseDefinition = z.looseObject({ steps: z.array(z.unknown()) });
const looseStep = z.looseObject({ collects: z.unknown() });
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
  const steps = parsed.data.steps.map((step, index) => {
    const fields = looseStep.safeParse(step);
    if (!fields.success || fields.data.collects === undefined) return step;
    const { collects, ...rest } = fields.data;
    const converted = collectsFromJsonSchema(collects, `steps.${index}.collects`);
    faults.push(...converted.faults);
    return converted.schema === null ? rest : { ...rest, collects: converted.schema };
  });
  return { candidate: { ...parsed.data, steps }, faults };
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
): { readonly schema: z.ZodType | null; readonly faults: DefinitionFault[] } {
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
      const schema = z.fromJSONSchema(parsed.data);
      return [name, required.includes(name) ? schema : schema.optional()];
    } catch (error) {
      faults.push({ path: at, message: error instanceof Error ? error.message : String(error) });
      return [name, z.any()];
    }
  });
  return { schema: z.object(Object.fromEntries(fields)), faults };
}

/** Finds keywords that are valid one by one and contradict each other, or a pattern that is too slow. */
function jsonSchemaFaults(schema: unknown, path: string): DefinitionFault[] {
  return [
    ...requiredFaults(schema, path),
    ...jsonPatternFaults(schema, path),
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

/** The subset of JSON Schema (2020-12) that a definition may use for its fields; any other key is a fault. */
type FieldJsonSchema = z.core.JSONSchema.JSONSchema;

const annotations = {
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  examples: z.array(z.json()).exactOptional(),
};

const pattern = z
  .string()
  .refine(
    (source) => isRegularExpression(source, 'u') && isRegularExpression(source, ''),
    'must be a regular expression',
  );
const formats = [
  ...(['date', 'time', 'date-time', 'duration', 'email', 'uri', 'uuid', 'ipv4', 'ipv6'] as const),
] as const;
const count = z.int().nonnegative();

const stringSchema = z.strictObject({
  type: z.literal('string'),
  ...annotations,
  enum: z.array(z.string()).exactOptional(),
  const: z.string().exactOptional(),
  format: z.enum(formats, { error: ({ input }) => oneOf(formats, input) }).exactOptional(),
  minLength: count.exactOptional(),
  maxLength: count.exactOptional(),
  pattern: pattern.exactOptional(),
});

const numberKeywords = {
  ...annotations,
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  exclusiveMinimum: z.number().exactOptional(),
  exclusiveMaximum: z.number().exactOptional(),
  multipleOf: z.number().positive().exactOptional(),
};
const numberSchema = z.strictObject({ type: z.literal('number'), ...numberKeywords });
const integerSchema = z.strictObject({ type: z.literal('integer'), ...numberKeywords });
const booleanSchema = z.strictObject({ type: z.literal('boolean'), ...annotations });

const arraySchema = z.strictObject({
  type: z.literal('array'),
  ...annotations,
  get items(): z.ZodType<FieldJsonSchema> {
    return fieldJsonSchema;
  },
  minItems: count.exactOptional(),
  maxItems: count.exactOptional(),
});

const objectKeywords = {
  type: z.literal('object'),
  ...annotations,
  required: z.array(z.string()).exactOptional(),
  additionalProperties: z.literal(false).exactOptional(),
};
const objectSchema = z.strictObject({
  ...objectKeywords,
  get properties(): z.ZodType<Record<string, FieldJsonSchema>> {
    return z.record(z.string(), fieldJsonSchema);
  },
});

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

const fieldJsonSchema: z.ZodType<FieldJsonSchema> = z.discriminatedUnion(
  'type',
  [stringSchema, numberSchema, integerSchema, booleanSchema, arraySchema, objectSchema],
  {
    error: ({ input }) => {
      const schema = z.looseObject({ type: z.unknown().optional() }).safeParse(input);
      return schema.success ? oneOf(types, schema.data.type) : 'must be a JSON Schema: { "type": … }';
    },
  },
);

function oneOf(words: readonly string[], given: unknown): string {
  const known = words.map((word) => `"${word}"`).join(', ');
  return `must be one of ${known}${typeof given === 'string' ? didYouMean(given, words) : ''}`;
}
