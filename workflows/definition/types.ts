import type { z } from 'zod';
import type { Json } from './json.ts';
import type { WorkflowDefinition } from './define-workflow.ts';

/**
 * The id of a workflow that was written in JSON, so that the compiler cannot know it. An enum, because that is the one
 * string type which a comparison with a known id rules out: `if (result.workflowId === 'vendor-onboarding')` then
 * leaves that workflow's result alone. It exists in types only; at run time it is the id, a string.
 */
export declare enum JsonWorkflowId {
  Opaque = '(the id of a workflow written in JSON)',
}

type UnionToIntersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer Intersection,
) => void
  ? Intersection
  : never;

type FieldsOfStep<Step> = Step extends { readonly collects: infer Schema extends z.ZodObject }
  ? z.output<Schema>
  : never;

/** The union of a definition's step ids. */
export type StepIdOf<Definition extends WorkflowDefinition> = Definition['steps'][number]['id'];

/** A definition's fields as they are once collected, each with its type; any may be missing yet. */
export type FieldsOf<Definition extends WorkflowDefinition> = Partial<
  UnionToIntersection<FieldsOfStep<Definition['steps'][number]>>
>;

/** What a turn changed: new values by field, `null` for a field that was cleared. */
export type ChangedFieldsOf<Definition extends WorkflowDefinition> = {
  [Name in keyof FieldsOf<Definition>]?: Exclude<FieldsOf<Definition>[Name], undefined> | null;
};

/** The same three for a workflow written in JSON. */
export interface JsonWorkflowTypes {
  workflowId: JsonWorkflowId;
  stepId: string;
  fields: Partial<Record<string, Json>>;
  changedFields: Partial<Record<string, Json>>;
}
