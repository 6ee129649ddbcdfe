import { z } from 'zod';
import { didYouMean } from './edit-distance.ts';
import { isRegularExpression } from './pattern-steps.ts';

/** The subset of JSON Schema (2020-12) that a definition may use for its fields; any other key is a fault. */
export type FieldJsonSchema = z.core.JSONSchema.JSONSchema;

const annotations = {
  title: z.string().exactOptional(),
  description: z.string().exactOptional(),
  examples: z.array(z.json()).exactOptional(),
  /** Of a fact in `context`. */
  tellAgent: z.boolean().exactOptional(),
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

export const titledChoice = z.strictObject({ const: z.string(), title: z.string().min(1).exactOptional() });

const stringSchema = z.strictObject({
  type: z.literal('string'),
  ...annotations,
  input: z.enum(['text', 'longText', 'phone', 'time']).exactOptional(),
  enum: z.array(z.string()).exactOptional(),
  oneOf: z.array(titledChoice).min(1).exactOptional(),
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
export const objectSchema = z.strictObject({
  ...objectKeywords,
  get properties(): z.ZodType<Record<string, FieldJsonSchema>> {
    return z.record(z.string(), fieldJsonSchema);
  },
});

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

export const fieldSchemas = [
  stringSchema,
  numberSchema,
  integerSchema,
  booleanSchema,
  arraySchema,
  objectSchema,
] as const;

export const fieldJsonSchema: z.ZodType<FieldJsonSchema> = z.discriminatedUnion('type', [...fieldSchemas], {
  error: ({ input }) => {
    const schema = z.looseObject({ type: z.unknown().optional() }).safeParse(input);
    return schema.success ? oneOf(types, schema.data.type) : 'must be a JSON Schema: { "type": … }';
  },
});

function oneOf(words: readonly string[], given: unknown): string {
  const known = words.map((word) => `"${word}"`).join(', ');
  return `must be one of ${known}${typeof given === 'string' ? didYouMean(given, words) : ''}`;
}
