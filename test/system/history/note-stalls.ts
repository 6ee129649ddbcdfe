import type { WriteJournal } from './journal.ts';
import { monotonicMs } from './monotonic.ts';

const beatMs = 20;
const notableMs = 60;

/**
 * Journals the times in which this process did nothing. Without a stall, an event that a reply brought is at most one
 * command timeout later than its cause in Redis.
 */
export function noteStalls(write: WriteJournal): void {
  let last = monotonicMs();
  setInterval(() => {
    const now = monotonicMs();
    if (now - last > notableMs) write({ type: 'stall', from: last, to: now });
    last = now;
  }, beatMs).unref();
}
