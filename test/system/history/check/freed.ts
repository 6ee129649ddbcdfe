import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** Once nobody asks any more, every lease is given back or runs out: none stands in the way for ever. */
export function checkFreed({ history }: Evidence): Violation[] {
  return history.unfreedLeases.map((lock) => ({
    check: 'freed',
    conversation: null,
    message: `a lease was never freed: ${lock}`,
    turnIds: [],
  }));
}
