import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** After the last call, every lease is released or expires: none blocks a conversation for ever. */
export function checkFreed({ history }: Evidence): Violation[] {
  return history.unfreedLeases.map((lock) => ({
    check: 'freed',
    conversation: null,
    message: `a lease was never freed: ${lock}`,
    turnIds: [],
  }));
}
