import type { DefinitionResult } from '../../contract/results.ts';
import type { JsonSchema } from '../domain/field-schema.ts';
import type { Step, Workflows } from '../domain/workflow.ts';

export function describeDefinitions(workflows: Workflows): DefinitionResult[] {
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
