import { z } from 'zod';

/** The part of JSON Schema (2020-12) that a definition in JSON may use for its fields; any other key is a fault. */
type FieldJsonSchema = z.core.JSONSchema.JSONSchema;

const annotations = {
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  examples: z.array(z.json()).exactOptional(),
};

const pattern = z.string().refine(isRegularExpression, 'must be a regular expression');
const count = z.int().nonnegative();

const stringSchema = z.strictObject({
  type: z.literal('string'),
  ...annotations,
  enum: z.array(z.string()).min(1).exactOptional(),
  const: z.string().exactOptional(),
  format: z
    .enum(['date', 'time', 'date-time', 'duration', 'email', 'uri', 'uuid', 'ipv4', 'ipv6'])
    .exactOptional(),
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

const fieldJsonSchema: z.ZodType<FieldJsonSchema> = z.discriminatedUnion('type', [
  stringSchema,
  numberSchema,
  integerSchema,
  booleanSchema,
  arraySchema,
  objectSchema,
]);

/** A step's `collects` in JSON: an object schema whose `required` names only its own properties. */
export const collectsJsonSchema = objectSchema.superRefine((schema, context) => {
  (schema.required ?? []).forEach((name, index) => {
    if (Object.hasOwn(schema.properties, name)) return;
    context.addIssue({
      code: 'custom',
      path: ['required', index],
      message: `requires "${name}", which is not among its properties`,
    });
  });
});

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
