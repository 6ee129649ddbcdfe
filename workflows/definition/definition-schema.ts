import { z } from 'zod';
import { budgetSchema, cardsSchema, identifier, title } from './check-definition.ts';
import { fieldCondition } from './condition.ts';
import { fieldSchemas } from './field-json-schema.ts';
import { fieldChecks } from './json-rules.ts';

/**
 * The JSON Schema of a definition in JSON, for editors. It is made of the schemas that load a definition, and accepts
 * more than they do: the rules between the parts (an unknown field in a condition, say) are no matter of a JSON Schema.
 * `definition.schema.json` is this function's result.
 */
export function definitionJsonSchema(): object {
  const condition: z.ZodType = z
    .union([
      z.strictObject({ all: z.array(z.lazy(() => condition)).min(1) }),
      z.strictObject({ any: z.array(z.lazy(() => condition)).min(1) }),
      z.strictObject({ not: z.lazy(() => condition) }),
      fieldCondition,
    ])
    .meta({ id: 'condition' });
  const when = condition.optional().describe('The part is left out while this does not hold.');
  const field = z.union(fieldSchemas.map((schema) => schema.safeExtend({ when }))).meta({ id: 'field' });
  const collects = objectOf(field);
  const description = z.string().max(2000).optional();
  const checks = fieldChecks.optional().describe('Comparisons of fields; what breaks one is refused.');
  const step = z.strictObject({
    id: identifier,
    title,
    description,
    collects: collects.optional(),
    when,
    checks,
  });
  const definition = z.strictObject({
    $schema: z.string().optional(),
    id: identifier,
    version: z.int().positive(),
    title,
    description,
    preamble: z.string().max(8000).optional(),
    steps: z.array(step).min(1).max(100),
    checks,
    context: objectOf(z.union(fieldSchemas))
      .optional()
      .describe('Facts that a conversation is opened with; `tellAgent` tells one to the agent.'),
    cards: cardsSchema.optional(),
    budget: budgetSchema.optional(),
  });
  return {
    title: 'A workflow definition of Turnkeeper',
    ...z.toJSONSchema(definition, { io: 'input' }),
  };
}

function objectOf(field: z.ZodType): z.ZodObject {
  return z.strictObject({
    type: z.literal('object'),
    properties: z.record(z.string(), field),
    required: z.array(z.string()).optional(),
    additionalProperties: z.literal(false).optional(),
    title: z.string().optional(),
    description: z.string().optional(),
  });
}
