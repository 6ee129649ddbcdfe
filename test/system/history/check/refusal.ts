import type { Call } from '../history.ts';

/** The caller's knowledge of a call that failed. */
export type Effect = 'none' | 'unknown';

/**
 * Returns whether a refused or broken call may have had an effect. An error of the product says so itself; every
 * other promises that nothing was stored (I5). A connection that broke promises nothing.
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
