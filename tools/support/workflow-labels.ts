import { z } from 'zod';
import type { DefinitionResult } from '../../client-sdk/src/index.ts';
import { factsOf } from '../../server/agents/guided/field-facts.ts';
import type { FieldFacts } from '../../server/agents/guided/field-facts.ts';
import type { JsonSchema } from '../../server/domain/workflow.ts';

/** What decides how a field and its values are written: the same as for the guided agent. */
export type ShownField = Pick<FieldFacts, 'label' | 'kind'>;

/** What people call a workflow's steps and fields. */
export interface WorkflowLabels {
  readonly title: string;
  readonly steps: ReadonlyMap<string, string>;
  /** By name, in the order of the steps. */
  readonly fields: ReadonlyMap<string, ShownField>;
}

const stepFields = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) });

export function labelsOf({ title, steps }: DefinitionResult): WorkflowLabels {
  const fields = steps.flatMap((step) =>
    Object.entries(stepFields.safeParse(step.fields).data?.properties ?? {}).map(
      ([name, schema]) => [name, shownField(step.id, name, schema)] as const,
    ),
  );
  return { title, steps: new Map(steps.map((step) => [step.id, step.title])), fields: new Map(fields) };
}

function shownField(stepId: string, name: string, jsonSchema: JsonSchema): ShownField {
  // Only the server can check a value; neither label nor kind depends on whether it is right.
  const check = () => ({ ok: false, issues: [] }) as const;
  const { label, kind } = factsOf({ name, stepId, required: false, jsonSchema, check });
  return { label, kind };
}
