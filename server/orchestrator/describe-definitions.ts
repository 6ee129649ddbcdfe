import type { JsonSchema, Step, Workflows } from '../domain/workflow.ts';

/**
 * A workflow as clients see it, so that none has to hard-code it.
 *
 * @example
 * ```ts
 * const titles = (await client.definitions()).map(({ title }: DefinitionResult) => title);
 * ```
 */
export interface DefinitionView {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly description?: string;
    /** The JSON Schema of its fields; `null` for a step that collects nothing. */
    readonly fields: JsonSchema | null;
  }[];
}

export function describeDefinitions(workflows: Workflows): DefinitionView[] {
  return [...workflows.values()].map(({ id, version, title, description, steps }) => ({
    id,
    version,
    title,
    ...(description === undefined ? {} : { description }),
    steps: steps.map((step) => ({
      id: step.id,
      title: step.title,
      ...(step.description === undefined ? {} : { description: step.description }),
      fields: fieldsSchema(step),
    })),
  }));
}

function fieldsSchema({ fields }: Step): JsonSchema | null {
  if (fields.length === 0) return null;
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, field.jsonSchema])),
    required: fields.filter((field) => field.required).map((field) => field.name),
    additionalProperties: false,
  };
}
