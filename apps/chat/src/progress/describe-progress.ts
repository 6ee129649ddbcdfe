import type { Progress } from '@turnkeeper/client';

/** "Step 2 of 5: Contact, 25 percent", to be read aloud. */
export function describeProgress(
  { stepNumber, totalSteps, percentComplete, currentStep }: Progress,
  title: string = currentStep,
): string {
  return `Step ${stepNumber} of ${totalSteps}: ${title}, ${percentComplete} percent`;
}
