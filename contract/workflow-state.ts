import { z } from 'zod';
import type { Json } from '../workflows/definition/json.ts';
import type { UntypedWorkflow, WorkflowTypes } from './workflow-types.ts';

export const outcomes = ['completed', 'cancelled'] as const;
export const statuses = ['active', 'completed', 'ended'] as const;

/** The outcome of a conversation that has ended. */
export type Outcome = (typeof outcomes)[number];
export type Status = (typeof statuses)[number];

export const fieldSources = ['said', 'entered', 'card', 'prefilled'] as const;

/**
 * The source of a collected field: the agent understood it from what was said, the user entered it directly or on a card,
 * or the program that opened the conversation knew it.
 *
 * @example
 * ```ts
 * const isTyped = (source: FieldSource | undefined): boolean => source === 'entered' || source === 'card';
 * ```
 */
export type FieldSource = (typeof fieldSources)[number];

/**
 * The state of a conversation.
 *
 * @example
 * ```ts
 * function isOpen({ status, expiresAt }: TurnResult['workflowState']): boolean {
 *   return status === 'active' && expiresAt > new Date();
 * }
 * ```
 */
export interface WorkflowState<Types extends WorkflowTypes = UntypedWorkflow> {
  readonly status: Status;
  readonly currentStep: Types['stepId'];
  /** Every field collected so far. */
  readonly collected: Types['fields'];
  /** The source of each collected field. */
  readonly sources: Readonly<Partial<Record<Types['fieldName'], FieldSource>>>;
  readonly turnCount: number;
  readonly definitionVersion: number;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  /** The time at which the conversation is forgotten, if nothing happens until then. */
  readonly expiresAt: Date;
  readonly outcome?: Outcome;
  readonly suggestedInput: SuggestedInput<Types['fieldName']>;
  /**
   * The fields of the current step that apply and have no value yet, optional ones too, in the order of the definition;
   * empty once the conversation has finished.
   */
  readonly open: readonly OpenField<Types['fieldName']>[];
}

export const stepStates = ['done', 'current', 'ahead', 'skipped'] as const;

/**
 * The state of a step: `skipped` steps do not apply to what is collected so far.
 *
 * @example
 * ```ts
 * const isShown = (state: StepState): boolean => state !== 'skipped';
 * ```
 */
export type StepState = (typeof stepStates)[number];

/**
 * A step of the workflow, as the progress lists it.
 *
 * @example
 * ```ts
 * const marks: Record<StepProgress['state'], string> = { done: '✓', current: '→', ahead: ' ', skipped: '–' };
 * const line = ({ title, state }: StepProgress): string => `${marks[state]} ${title}`;
 * ```
 */
export interface StepProgress<StepId extends string = string> {
  readonly id: StepId;
  readonly title: string;
  readonly state: StepState;
}

/**
 * The progress of a conversation, in whole numbers.
 *
 * @example
 * ```ts
 * const position = ({ stepNumber, totalSteps }: Progress): string => `Step ${stepNumber} of ${totalSteps}`;
 * ```
 */
export interface Progress<StepId extends string = string> {
  readonly currentStep: StepId;
  /** From 1. */
  readonly stepNumber: number;
  readonly totalSteps: number;
  readonly completedSteps: number;
  /** 0 to 100, rounded. */
  readonly percentComplete: number;
  /** The required fields of the steps that apply: how many have a value, and how many there are. */
  readonly fieldsCollected: number;
  readonly fieldsRequired: number;
  /** All steps in their order; the skipped ones count in none of the numbers. */
  readonly steps: readonly StepProgress<StepId>[];
}

/** The last three have defaults for what an earlier version stored, before format 3. */
export const progressSchema = z.object({
  currentStep: z.string(),
  stepNumber: z.int().positive(),
  totalSteps: z.int().positive(),
  completedSteps: z.int().nonnegative(),
  percentComplete: z.int().min(0).max(100),
  fieldsCollected: z.int().nonnegative().default(0),
  fieldsRequired: z.int().nonnegative().default(0),
  steps: z
    .array(z.object({ id: z.string(), title: z.string(), state: z.enum(stepStates) }))
    .readonly()
    .default(() => []),
}) satisfies z.ZodType<Progress>;

/** The kinds of control for an answer. */
export const inputTypes = [
  'text',
  'longText',
  'number',
  'date',
  'dateTime',
  'time',
  'email',
  'phone',
  'url',
  'choice',
  'choices',
  'confirmation',
  'group',
  'none',
] as const;

/**
 * The kind of control for an answer; `none` once the conversation has finished.
 *
 * @example
 * ```ts
 * const keyboards: Partial<Record<InputType, string>> = { number: 'decimal', phone: 'tel', email: 'email', url: 'url' };
 * ```
 */
export type InputType = (typeof inputTypes)[number];

/**
 * A value that a field may have, and the title that people are shown for it.
 *
 * @example
 * ```ts
 * const titleOf = (choices: readonly Choice[], value: string): string =>
 *   choices.find((choice) => choice.value === value)?.title ?? value;
 * ```
 */
export interface Choice {
  readonly value: string;
  /** The value itself, where the definition gives it no title. */
  readonly title: string;
}

/**
 * The control that fits the next answer. Where the answer is for a field, it is the same as in `open`.
 *
 * @example
 * ```ts
 * const titles = ({ type, choices = [] }: SuggestedInput): string[] =>
 *   type === 'confirmation' ? ['Yes', 'No'] : choices.map(({ title }) => title);
 * ```
 */
export interface SuggestedInput<Field extends string = string> {
  readonly type: InputType;
  /** The field that the answer is for, where it is for one. */
  readonly field?: Field;
  /** The field's label. */
  readonly title?: string;
  readonly required?: boolean;
  /** The values of a `choice`, and those of the items of `choices`. */
  readonly choices?: readonly Choice[];
  /** The least and the greatest number; of `choices` and a `group`, the least and the greatest number of items. */
  readonly min?: number;
  readonly max?: number;
  /** The number of which a `number` is a multiple: 1 for whole numbers. */
  readonly step?: number;
  /** The length of the longest text, in characters. */
  readonly maxLength?: number;
  /** True for a `choice` whose choices are looked up as one types, by `workflow.choices`. */
  readonly isLookedUp?: boolean;
  /** One item of a `group`, in a word: "Line". */
  readonly itemTitle?: string;
  /** The controls of the fields that each item of a `group` has; their `field` is the name within the item. */
  readonly items?: readonly OpenField[];
  /** Values that fit. */
  readonly examples?: readonly Json[];
}

/**
 * A field that has no value yet, with all that its control needs.
 *
 * @example
 * ```ts
 * const labels = ({ open }: TurnResult['workflowState']): string[] =>
 *   open.map(({ title, required }) => (required ? title : `${title} (optional)`));
 * ```
 */
export interface OpenField<Field extends string = string> extends SuggestedInput<Field> {
  readonly field: Field;
  readonly title: string;
  readonly required: boolean;
}

/**
 * The result of a conversation, step by step, ready to be shown or filed.
 *
 * @example
 * ```ts
 * const lines = (summary: Summary): string[] =>
 *   summary.steps.flatMap(({ fields }) => fields.map(({ label, value }) => `${label}: ${String(value)}`));
 * ```
 */
export interface Summary {
  title: string;
  turnCount: number;
  /** The caller's reason for ending it. */
  reason?: string | undefined;
  /** The words of the workflow's definition to somebody who has completed it. */
  whatHappensNext?: string | undefined;
  steps: {
    id: string;
    title: string;
    isComplete: boolean;
    fields: {
      field: string;
      label: string;
      value: Json;
      /** The title of the choice that the value is, where it is not the value itself; of several, one after the other. */
      valueTitle?: string | undefined;
    }[];
  }[];
}

export const summarySchema = z.object({
  title: z.string(),
  turnCount: z.int().nonnegative(),
  reason: z.string().optional(),
  whatHappensNext: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      isComplete: z.boolean(),
      fields: z.array(
        z.object({
          field: z.string(),
          label: z.string(),
          value: z.json(),
          valueTitle: z.string().optional(),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<Summary>;
