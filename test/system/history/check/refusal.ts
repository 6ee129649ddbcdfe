import type { Call } from '../history.ts';

/** What a caller knows of a call that was not answered. */
export type Effect = 'none' | 'unknown';

/**
 * Whether a refused or broken call may have had an effect. An error of the product says so itself where it is so; every
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
