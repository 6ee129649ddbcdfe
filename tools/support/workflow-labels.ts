import { z } from 'zod';
import type { DefinitionResult } from '../../client-sdk/src/index.ts';

/** What people call a workflow's steps and fields. */
export interface WorkflowLabels {
  readonly title: string;
  readonly steps: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, string>;
}

const titledFields = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ title: z.string().optional().catch(undefined) })),
});

export function labelsOf({ title, steps }: DefinitionResult): WorkflowLabels {
  const fields = steps.flatMap((step) => {
    const properties = titledFields.safeParse(step.fields).data?.properties ?? {};
    return Object.entries(properties).map(([name, schema]) => [name, schema.title ?? name] as const);
  });
  return { title, steps: new Map(steps.map((step) => [step.id, step.title])), fields: new Map(fields) };
}
