import { z } from 'zod';
import type { Json } from '../workflows/definition/json.ts';
import type { UntypedWorkflow, WorkflowTypes } from './workflow-types.ts';

export const outcomes = ['completed', 'cancelled'] as const;
export const statuses = ['active', 'completed', 'ended'] as const;

/** The outcome of a conversation that has ended. */
export type Outcome = (typeof outcomes)[number];
export type Status = (typeof statuses)[number];

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
  readonly turnCount: number;
  readonly definitionVersion: number;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  /** The time at which the conversation is forgotten, if nothing happens until then. */
  readonly expiresAt: Date;
  readonly outcome?: Outcome;
  readonly suggestedInput: SuggestedInput<Types['fieldName']>;
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
}

export const progressSchema = z.object({
  currentStep: z.string(),
  stepNumber: z.int().positive(),
  totalSteps: z.int().positive(),
  completedSteps: z.int().nonnegative(),
  percentComplete: z.int().min(0).max(100),
}) satisfies z.ZodType<Progress>;

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
 * The kind of control that fits the next answer.
 *
 * @example
 * ```ts
 * const choices = ({ type, choices = [] }: SuggestedInput) =>
 *   type === 'confirmation' ? ['yes', 'no'] : choices;
 * ```
 */
export interface SuggestedInput<Field extends string = string> {
  readonly type: 'text' | 'choice' | 'confirmation' | 'none';
  /** The field that the answer is for, where it is for one. */
  readonly field?: Field;
  readonly choices?: readonly string[];
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
  steps: {
    id: string;
    title: string;
    isComplete: boolean;
    fields: { field: string; label: string; value: Json }[];
  }[];
}

export const summarySchema = z.object({
  title: z.string(),
  turnCount: z.int().nonnegative(),
  reason: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      isComplete: z.boolean(),
      fields: z.array(z.object({ field: z.string(), label: z.string(), value: z.json() })),
    }),
  ),
}) satisfies z.ZodType<Summary>;
