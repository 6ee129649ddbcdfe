import { z } from 'zod';

/** How far a conversation is, in whole numbers. */
export const progressSchema = z.object({
  currentStep: z.string(),
  /** From 1. */
  stepNumber: z.int().positive(),
  totalSteps: z.int().positive(),
  completedSteps: z.int().nonnegative(),
  /** 0 to 100, rounded. */
  percentComplete: z.int().min(0).max(100),
});

export type Progress = Readonly<z.infer<typeof progressSchema>>;
