import { z } from 'zod';
import type { Json } from '../../workflows/definition/json.ts';
import type { Field } from '../../server/domain/workflow.ts';

/** A missing field, from the little that an agent is told of it: its name and its JSON Schema. */
export function fieldFromSchema(name: string, stepId: string, jsonSchema: Field['jsonSchema']): Field {
  const schema = zodSchemaOf(jsonSchema);
  return {
    name,
    stepId,
    required: true,
    jsonSchema,
    check: (value) => {
      const parsed = schema.safeParse(value);
      if (!parsed.success) return { ok: false, issues: parsed.error.issues.map(({ message }) => message) };
      return { ok: true, value: parsed.data as Json };
    },
  };
}

function zodSchemaOf(jsonSchema: Field['jsonSchema']): z.ZodType {
  try {
    return z.fromJSONSchema(jsonSchema);
  } catch {
    // What zod can't read, the server still checks.
    return z.json();
  }
}
