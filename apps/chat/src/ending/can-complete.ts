import type { DefinitionResult } from '@turnkeeper/client';
import type { Collected } from '../conversation/standing.ts';
import { fieldsOf } from '../workflow/field.ts';

/**
 * Whether the conversation can be completed early as far as can be told here: nothing required is missing in the current
 * step, which applies for sure. Whether a later one does, only the server knows.
 */
export function canComplete(
  definition: DefinitionResult | null,
  currentStep: string | undefined,
  collected: Collected,
): boolean {
  const step = definition?.steps.find(({ id }) => id === currentStep);
  return (
    step !== undefined &&
    fieldsOf(step).every(({ name, isRequired }) => !isRequired || Object.hasOwn(collected, name))
  );
}
