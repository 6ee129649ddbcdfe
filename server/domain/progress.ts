import { z } from 'zod';

/**
 * How far a conversation is, in whole numbers.
 *
 * @example
 * ```ts
 * const position = ({ stepNumber, totalSteps }: Progress): string => `Step ${stepNumber} of ${totalSteps}`;
 * ```
 */
export interface Progress {
  readonly currentStep: string;
  /** From 1. */
  readonly stepNumber: number;
  readonly totalSteps: number;
  readonly completedSteps: number;
  /** 0 to 100, rounded. */
  readonly percentComplete: number;
}

export const progressSchema: z.ZodType<Progress> = z.object({
  currentStep: z.string(),
  stepNumber: z.int().positive(),
  totalSteps: z.int().positive(),
  completedSteps: z.int().nonnegative(),
  percentComplete: z.int().min(0).max(100),
});
