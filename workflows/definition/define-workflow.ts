import type { z } from 'zod';
import type { ChoicesDefinition } from './choices.ts';
import type { CollectedValue } from './types.ts';
import type { CollectedFields } from './json.ts';

/** One stage of a workflow: a title and, usually, the fields that it collects. */
export interface StepDefinition {
  /** Unique within the workflow; lower-case words joined by hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** Fields by name; values must be JSON (dates are ISO strings). The agent completes a step that has none. */
  readonly collects?: z.ZodObject;
  /**
   * The step is skipped while this returns false. It must be a pure function of the collected fields; the server calls
   * it once with no fields when it starts. `defineWorkflow` types its argument by the steps before.
   */
  readonly when?: (collected: CollectedFields, context: CollectedFields) => boolean;
  /**
   * By the name of a field of this step: the field is neither asked nor required while this returns false. The same rules
   * as for `when`; it may also read the fields that stand before it in the step.
   */
  readonly fieldWhen?: Readonly<Record<string, NonNullable<StepDefinition['when']>>>;
  /**
   * Compares fields with one another: returns what is wrong, by field. It runs after every change, while the step applies,
   * over the fields of this step and of the steps before it that apply; it must be a pure function that expects any of
   * them to be missing. The value that a turn has changed is refused, and the others stand.
   */
  readonly check?: (given: CheckedFields) => CheckIssues;
  /** The fields whose choices are looked up, by name. `defineWorkflow` types the fields that a lookup is given. */
  readonly choices?: Readonly<Record<string, ChoicesDefinition>>;
}

/** The argument of a `check`. */
export interface CheckedFields<Fields = CollectedFields> {
  readonly fields: Fields;
  /** Facts that the conversation was opened with. */
  readonly context: CollectedFields;
}

/**
 * What is wrong, by field, in words that people are shown. A field that is right is absent. Of a group, one value of one
 * item may be named, `lines.<id>.price`: only that value is refused then.
 */
export type CheckIssues<Name extends string = string> = Readonly<
  Partial<Record<Name, string | readonly string[] | undefined>>
>;

/** Limits on the cards that an agent shows. */
export interface CardsDefinition {
  /** Names (verb, else id) of the actions that may be submitted. @default all */
  readonly allowedActions?: readonly string[];
  /**
   * Hosts that a card may link to: `example.com`, `example.com:8443`, or `*.example.com` for all of its subdomains.
   * @default none
   */
  readonly allowedHosts?: readonly string[];
}

/** The most that one conversation of the workflow may take. At least one of the two is set. */
export interface BudgetDefinition {
  /** Turns, from the first. */
  readonly turns?: number;
  /** Tokens of a model, of its requests and its answers together, as its endpoint counts them. */
  readonly tokens?: number;
}

/** The argument of `migrate`: the fields as an older (or newer) version of the definition collected them. */
export interface StoredFields {
  readonly version: number;
  readonly collected: CollectedFields;
}

/** An ordered list of steps that the server leads a conversation through. */
export interface WorkflowDefinition {
  /** Unique on a server; lower-case words joined by hyphens. */
  readonly id: string;
  /** A positive integer. Raise it when stored conversations may no longer fit. */
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  /** Shown to the person once the conversation is completed: "We answer within two days." */
  readonly whatHappensNext?: string;
  /** Replaces the built-in preamble of the agent's query; `{{name}}` placeholders as in docs/workflows.md. */
  readonly preamble?: string;
  /**
   * Facts that the program which opens a conversation knows, by name; values must be JSON. Conditions and checks read them. The
   * agent is told those that are marked: `z.string().meta({ tellAgent: true })`.
   */
  readonly context?: z.ZodObject;
  readonly steps: readonly StepDefinition[];
  /** As the `check` of a step, over the fields of all steps that apply. */
  readonly check?: (given: CheckedFields) => CheckIssues;
  readonly cards?: CardsDefinition;
  /** Once a conversation has taken this much, it takes no more turns (BUDGET_SPENT). @default any number */
  readonly budget?: BudgetDefinition;
  /** Converts the fields of another version. Without it the stored fields are kept if all of them still fit. */
  readonly migrate?: (stored: StoredFields) => CollectedFields;
}

/**
 * Each step as the compiler infers it: the union of its id and its `collects`. One tuple holds both, because the
 * compiler can infer the parameter types of `when` only if a single tuple is inferred beside them.
 */
type InferredSteps = readonly (string | z.ZodObject)[];

type IdIn<Step> = Extract<Step, string>;
type CollectsIn<Step> = Exclude<Step, string>;

type FieldsIn<Step> = [CollectsIn<Step>] extends [{ readonly _zod: { readonly output: infer Fields } }]
  ? Fields
  : unknown;

/** For each step, the fields that the steps before it collect. */
type FieldsBefore<Steps, Before = unknown, Done extends readonly unknown[] = []> = Steps extends readonly [
  infer First,
  ...infer Rest,
]
  ? FieldsBefore<
      Rest,
      [CollectsIn<First>] extends [never] ? Before : Before & FieldsIn<First>,
      [...Done, Before]
    >
  : Done;

/** For each step, the ids of the steps before it. */
type IdsBefore<Steps, Before = never, Done extends readonly unknown[] = []> = Steps extends readonly [
  infer First,
  ...infer Rest,
]
  ? IdsBefore<Rest, Before | IdIn<First>, [...Done, Before]>
  : Done;

type Collected<Fields> = { readonly [Name in keyof Fields]?: CollectedValue<Fields[Name]> };

/** The fields of a step whose choices are looked up, with the fields that a lookup is given. */
type Choices<Own, Fields> = {
  readonly [Name in keyof Own]?: ChoicesDefinition<Collected<Fields>>;
};

type Condition<Fields> = (collected: Collected<Fields>, context: CollectedFields) => boolean;

type Check<Fields> = (
  given: CheckedFields<Collected<Fields>>,
) => CheckIssues<(keyof Fields & string) | `${GroupsIn<Fields>}.${string}.${string}`>;

/** The names of the fields that are groups; without any, no name of a value within one is allowed. */
type GroupsIn<Fields> = {
  [Name in keyof Fields & string]: NonNullable<Fields[Name]> extends readonly (infer Item extends object)[]
    ? Item extends readonly unknown[]
      ? never
      : Name
    : never;
}[keyof Fields & string];

/** Rejects an id that an earlier step has. */
type UniqueId<Steps extends InferredSteps, Index extends keyof Steps> =
  string extends IdIn<Steps[Index]>
    ? string
    : IdIn<Steps[Index]> extends IdsBefore<Steps>[Index & keyof IdsBefore<Steps>]
      ? 'an earlier step has this id'
      : string;

type StepsToDefine<Steps extends InferredSteps> = {
  readonly [Index in keyof Steps]: Omit<
    StepDefinition,
    'id' | 'collects' | 'when' | 'fieldWhen' | 'check' | 'choices'
  > & {
    readonly id: Steps[Index] & UniqueId<Steps, Index>;
    readonly collects?: Steps[Index] & z.ZodObject;
    readonly when?: Condition<FieldsBefore<Steps>[Index & keyof FieldsBefore<Steps>]>;
    readonly fieldWhen?: {
      readonly [Name in keyof FieldsIn<Steps[Index]>]?: Condition<FieldsUpTo<Steps, Index>>;
    };
    readonly check?: Check<FieldsUpTo<Steps, Index>>;
    readonly choices?: Choices<FieldsIn<Steps[Index]>, FieldsUpTo<Steps, Index>>;
  };
};

/** The fields of a step and of the steps before it. */
type FieldsUpTo<Steps extends InferredSteps, Index extends keyof Steps> = FieldsBefore<Steps>[Index &
  keyof FieldsBefore<Steps>] &
  FieldsIn<Steps[Index]>;

/** The fields of all steps. */
type AllFields<Steps extends InferredSteps> =
  FieldsBefore<[...Steps, 'end']> extends [...unknown[], infer Last] ? Last : never;

type WorkflowHead<Id extends string> = Omit<WorkflowDefinition, 'id' | 'steps' | 'check'> & {
  readonly id: Id;
};

type DefinedStep<Step> = Omit<StepDefinition, 'id' | 'collects'> & { readonly id: IdIn<Step> } & ([
    CollectsIn<Step>,
  ] extends [never]
    ? unknown
    : { readonly collects: CollectsIn<Step> });

/** A workflow as `defineWorkflow` returns it: its step ids and fields are literal types. */
type DefinedWorkflow<Id extends string, Steps extends InferredSteps> = WorkflowHead<Id> & {
  readonly check?: NonNullable<WorkflowDefinition['check']>;
  readonly steps: { readonly [Index in keyof Steps]: DefinedStep<Steps[Index]> };
};

/**
 * Declares a workflow. Its step ids and fields stay literal types, so that they reach the client; each `when` is typed
 * by the fields of the steps before it, and each `check` by those of its own step too. This function checks nothing at run time: the server checks every definition
 * when it starts, and lists all faults.
 */
export function defineWorkflow<const Id extends string, const Steps extends InferredSteps>(
  definition: WorkflowHead<Id> & {
    readonly steps: StepsToDefine<Steps>;
    readonly check?: Check<AllFields<Steps>>;
  },
): DefinedWorkflow<Id, Steps>;
export function defineWorkflow(definition: unknown): unknown {
  return definition;
}
