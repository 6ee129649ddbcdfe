import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** No key is ever without an expiry (I7). */
export function checkExpiry({ history, stored }: Evidence): Violation[] {
  return [...new Set([...history.immortalKeys, ...stored.immortalKeys])].map((key) => ({
    check: 'expiry',
    conversation: null,
    message: `${key} has no expiry`,
    turnIds: [],
  }));
}
