import type { Json } from './json.ts';

/**
 * What the types of results take from a definition: any that `defineWorkflow` returned is one. Named by its form, without
 * zod, because the client's declarations hold it, and its users have no zod.
 *
 * @example
 * ```ts
 * function connectTo<Definition extends TypedDefinition>(url: string): TurnkeeperClient<Definition> {
 *   return createTurnkeeperClient<Definition>({ url });
 * }
 * ```
 */
export interface TypedDefinition {
  readonly id: string;
  readonly steps: readonly { readonly id: string; readonly collects?: FieldTypes | undefined }[];
}

/** The part of a zod object that says what it puts out. */
interface FieldTypes<Fields extends object = object> {
  readonly _zod: { readonly output: Fields };
}

/**
 * A workflow's types, written by hand: for one that is defined in JSON, or where the server's definitions can't be
 * imported. Fields by step id; `null` for a step that collects nothing.
 *
 * @example
 * ```ts
 * type LeaveRequest = WorkflowShape<
 *   'leave-request',
 *   { dates: { from: string; days: number }; details: { note?: string }; confirm: null }
 * >;
 * const client = createTurnkeeperClient<LeaveRequest>({ url });
 * ```
 */
export interface WorkflowShape<Id extends string, Steps extends Readonly<Record<string, object | null>>> {
  readonly id: Id;
  readonly steps: readonly StepShape<Steps>[];
}

type StepShape<Steps> = {
  [StepId in keyof Steps & string]: Steps[StepId] extends object
    ? { readonly id: StepId; readonly collects: FieldTypes<Steps[StepId]> }
    : { readonly id: StepId };
}[keyof Steps & string];

/**
 * The id of a workflow that was written in JSON, so that the compiler cannot know it. An enum, because that is the one
 * string type which a comparison with a known id rules out: `if (result.workflowId === 'vendor-onboarding')` then
 * leaves that workflow's result alone. It exists in types only; at run time it is the id, a string.
 *
 * @example
 * ```ts
 * const anyId: string | JsonWorkflowId = result.workflowId;
 * ```
 */
export declare enum JsonWorkflowId {
  Opaque = '(the id of a workflow written in JSON)',
}

type UnionToIntersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer Intersection,
) => void
  ? Intersection
  : never;

type FieldsOfStep<Step> = Step extends { readonly collects: FieldTypes<infer Fields> } ? Fields : never;

/** The union of a definition's step ids. */
export type StepIdOf<Definition extends TypedDefinition> = Definition['steps'][number]['id'];

/** A definition's fields as they are once collected, each with its type; any may be missing yet. */
export type FieldsOf<Definition extends TypedDefinition> = Partial<
  UnionToIntersection<FieldsOfStep<Definition['steps'][number]>>
>;

/** What a turn changed: new values by field, `null` for a field that was cleared. */
export type ChangedFieldsOf<Definition extends TypedDefinition> = {
  [Name in keyof FieldsOf<Definition>]?: Exclude<FieldsOf<Definition>[Name], undefined> | null;
};

/**
 * The types of a workflow written in JSON: any step id, and fields of JSON.
 *
 * @example
 * ```ts
 * const fields: JsonWorkflowTypes['fields'] = { from: '2027-08-03', days: 10 };
 * ```
 */
export interface JsonWorkflowTypes {
  workflowId: JsonWorkflowId;
  stepId: string;
  fields: Partial<Record<string, Json>>;
  fieldName: string;
  changedFields: Partial<Record<string, Json>>;
}
