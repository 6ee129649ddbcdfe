import { z } from 'zod';
import { faultsOf } from './check-definition.ts';
import type { DefinitionFault } from './check-definition.ts';
import { collectsJsonSchema } from './json-schema.ts';

const looseDefinition = z.looseObject({ steps: z.array(z.unknown()) });
const looseStep = z.looseObject({ collects: z.unknown() });

interface FromJson {
  /** The definition in the form that `defineWorkflow` takes, as far as it could be read; still to be checked. */
  readonly candidate: unknown;
  /** What is wrong with its JSON Schemas. */
  readonly faults: readonly DefinitionFault[];
}

/**
 * Turns a definition written in JSON into the form that `defineWorkflow` takes, its JSON Schemas into zod's.
 * The candidate still has to pass `checkDefinition`, which says what else is wrong.
 */
export function definitionFromJson(json: unknown): FromJson {
  const parsed = looseDefinition.safeParse(json);
  if (!parsed.success) return { candidate: json, faults: [] };
  const faults: DefinitionFault[] = [];
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

function collectsFromJsonSchema(
  collects: unknown,
  path: string,
): { readonly schema: z.ZodType | null; readonly faults: DefinitionFault[] } {
  const checked = collectsJsonSchema.safeParse(collects);
  if (!checked.success) return { schema: null, faults: faultsOf(checked.error, path) };
  try {
    return { schema: z.fromJSONSchema(checked.data), faults: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { schema: null, faults: [{ path, message }] };
  }
}
