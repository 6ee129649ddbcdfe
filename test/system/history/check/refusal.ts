import type { Call } from '../history.ts';

/** The caller's knowledge of a call that failed. */
export type Effect = 'none' | 'unknown';

/**
 * Returns whether a refused or broken call may have had an effect. One error of the product says so itself; every other
 * one promises that nothing was stored (I5). A broken connection promises nothing.
 */
export function effectOf({ outcome }: Call): Effect {
  switch (outcome.kind) {
    case 'answered':
    case 'broken':
      return 'unknown';
    case 'refused':
      return outcome.isOutcomeUnknown ? 'unknown' : 'none';
  }
}
