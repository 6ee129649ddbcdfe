import type { Json } from './json.ts';

/**
 * The part of a definition that the types of results read; every result of `defineWorkflow` fits it. It does not name
 * zod, because the client's declarations hold this type, and their users may not have zod.
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

/** The part of a zod object that carries its output type. */
interface FieldTypes<Fields extends object = object> {
  readonly _zod: { readonly output: Fields };
}

/**
 * The types of a workflow, written by hand: for a workflow in JSON, or where the server's definitions can't be
 * imported. Lists fields by step id; `null` stands for a step that collects nothing.
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
 * The id of a workflow written in JSON, which the compiler cannot know. It is an enum, because a comparison with a
 * known id rules out no other string type: after `if (result.workflowId === 'vendor-onboarding')` only that workflow's
 * result remains. The enum exists in types only; at run time the id is a string.
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

/**
 * The type of a field's collected value. The items of a group, a field that is a list of objects, have ids, and may lack
 * values that nobody has given yet.
 */
export type CollectedValue<Value> = Value extends readonly (infer Item)[]
  ? [Item] extends [readonly unknown[]]
    ? Value
    : [Item] extends [object]
      ? CollectedItem<Item>[]
      : Value
  : Value;

type CollectedItem<Item> = { readonly id: string } & { [Name in keyof Item]?: Item[Name] };

/**
 * A change of one item of a group. A field's new value may be a list of these instead of the whole list: the other
 * items stay as they are. `values` are merged one by one, `null` clears one, and an item's `id` is in what is collected.
 *
 * @example
 * ```ts
 * const change: GroupOperation<{ item: string; amount: number }>[] = [
 *   { op: 'set', id: '3-1', values: { amount: 12.5 } },
 *   { op: 'add', values: { item: 'Taxi' } },
 * ];
 * ```
 */
export type GroupOperation<Item extends object = Record<string, Json>> =
  | { readonly op: 'add'; readonly values?: ItemValues<Item> }
  | { readonly op: 'set'; readonly id: string; readonly values: ItemValues<Item> }
  | { readonly op: 'remove'; readonly id: string };

type ItemValues<Item> = { readonly [Name in Exclude<keyof Item, 'id'>]?: Item[Name] | null };

type FieldsOfSteps<Definition extends TypedDefinition> = UnionToIntersection<
  FieldsOfStep<Definition['steps'][number]>
>;

/** The collected fields of a definition, with their types; each may still be missing. */
export type FieldsOf<Definition extends TypedDefinition> = {
  [Name in keyof FieldsOfSteps<Definition>]?: CollectedValue<FieldsOfSteps<Definition>[Name]>;
};

/** The fields that a turn changed: the new value, or `null` for a cleared field. */
export type ChangedFieldsOf<Definition extends TypedDefinition> = {
  [Name in keyof FieldsOf<Definition>]?: Exclude<FieldsOf<Definition>[Name], undefined> | null;
};

/** The fields that a caller may set: of a group, the whole list or operations on its items. */
export type EnteredFieldsOf<Definition extends TypedDefinition> = {
  [Name in keyof FieldsOfSteps<Definition>]?: EnteredValue<
    Exclude<FieldsOfSteps<Definition>[Name], undefined>
  > | null;
};

type EnteredValue<Value> = Value extends readonly (infer Item)[]
  ? [Item] extends [readonly unknown[]]
    ? Value
    : [Item] extends [object]
      ? readonly ({ readonly id?: string } & ItemValues<Item>)[] | readonly GroupOperation<Item>[]
      : Value
  : Value;

/**
 * The types of a workflow written in JSON: any step id, and JSON values.
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
