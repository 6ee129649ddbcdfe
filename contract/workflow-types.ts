import type {
  ChangedFieldsOf,
  EnteredFieldsOf,
  FieldsOf,
  JsonWorkflowId,
  StepIdOf,
  TypedDefinition,
} from '../workflows/definition/types.ts';
import type { Json } from '../workflows/definition/json.ts';

/** The types that a workflow lends to the results about it. */
export interface WorkflowTypes {
  workflowId: string;
  stepId: string;
  fields: object;
  fieldName: string;
  changedFields: object;
}

/** The types of a workflow that the server knows at run time only. */
export interface UntypedWorkflow {
  workflowId: string;
  stepId: string;
  fields: Readonly<Record<string, Json>>;
  fieldName: string;
  changedFields: Readonly<Record<string, Json>>;
}

/**
 * The types that a workflow known to the compiler lends to the results about it: its step ids and fields.
 *
 * @example
 * ```ts
 * type Vendor = TypesOf<Extract<ShippedDefinition, { id: 'vendor-onboarding' }>>;
 * const step: Vendor['stepId'] = 'company';
 * ```
 */
export interface TypesOf<Definition extends TypedDefinition> {
  workflowId: Definition['id'];
  stepId: StepIdOf<Definition>;
  fields: FieldsOf<Definition>;
  fieldName: FieldNameOf<FieldsOf<Definition>>;
  changedFields: ChangedFieldsOf<Definition>;
}

/** The names of fields; any, where the compiler knows none. */
type FieldNameOf<Fields> = [keyof Fields] extends [never] ? string : keyof Fields & string;

/**
 * The fields that a turn may set directly, with their types where the compiler knows the workflow; `null` clears one.
 *
 * @example
 * ```ts
 * const dates: FieldsToSet<ShippedDefinition, 'vendor-onboarding'> = { legalName: 'Acme Ltd', yearlySpend: null };
 * ```
 */
export type FieldsToSet<Definition extends TypedDefinition, Id extends string = string> = string extends
  | Id
  | Definition['id']
  ? Readonly<Partial<Record<string, Json>>>
  : Id extends Definition['id']
    ? Readonly<EnteredFieldsOf<Extract<Definition, { readonly id: Id }>>>
    : Readonly<Partial<Record<string, Json>>>;

/** A workflow's id: one that is known to the compiler, or that of a workflow written in JSON. */
export type WorkflowId<Definition extends TypedDefinition> = Definition['id'] | (string & {});

/**
 * The results that a conversation of one workflow can have, out of those of all workflows. A definition written in
 * TypeScript has its literal types, any other name has JSON's, and a name known only at run time leaves all.
 */
export type OfWorkflow<
  Result extends { workflowId: string },
  Known extends string,
  Id extends string,
> = string extends Id | Known
  ? Result
  : Id extends Known
    ? Extract<Result, { workflowId: Id }>
    : Extract<Result, { workflowId: JsonWorkflowId }>;
