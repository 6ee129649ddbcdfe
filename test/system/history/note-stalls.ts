import type { WriteJournal } from './journal.ts';
import { monotonicMs } from './monotonic.ts';

const beatMs = 20;
const notableMs = 60;

/**
 * Journals the times in which this process did nothing. An event that a reply brought is otherwise at most a command's
 * timeout later than what Redis did; a stall may come on top.
 */
export function noteStalls(write: WriteJournal): void {
  let last = monotonicMs();
  setInterval(() => {
    const now = monotonicMs();
    if (now - last > notableMs) write({ type: 'stall', from: last, to: now });
    last = now;
  }, beatMs).unref();
}
