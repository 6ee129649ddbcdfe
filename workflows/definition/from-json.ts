import { z } from 'zod';
import { faultsOf } from './check-definition.ts';
import type { DefinitionFault } from './definition-fault.ts';
import { impossibleParts } from './impossible.ts';
import { collectsJsonSchema, propertyJsonSchema } from './json-schema.ts';
import { patternFault } from './pattern-faults.ts';
import { isRegularExpression } from './pattern-steps.ts';

const looseDefinition = z.looseObject({ steps: z.array(z.unknown()) });
const looseStep = z.looseObject({ collects: z.unknown() });
const looseCollects = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

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

/** `$schema` names the schema by which an editor completes the file; it says nothing about the workflow. */
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

/** Converts what can be converted, so that `checkDefinition` sees every field: a field with a fault stands for any value. */
function collectsFromJsonSchema(
  collects: unknown,
  path: string,
): { readonly schema: z.ZodType | null; readonly faults: DefinitionFault[] } {
  const shape = collectsJsonSchema.safeParse(collects);
  const faults = [...(shape.success ? [] : faultsOf(shape.error, path)), ...jsonSchemaFaults(collects, path)];
  const readable = looseCollects.safeParse(collects);
  if (!readable.success) return { schema: null, faults };
  const required: readonly unknown[] = z.array(z.unknown()).catch([]).parse(readable.data['required']);
  const fields = Object.entries(readable.data.properties).map(([name, property]): [string, z.ZodType] => {
    const at = `${path}.properties.${name}`;
    const isFaulty = faults.some((fault) => fault.path === at || fault.path.startsWith(`${at}.`));
    const parsed = propertyJsonSchema.safeParse(property);
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

/** What the keywords of a JSON Schema say together that can't be, however right each is by itself. */
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
