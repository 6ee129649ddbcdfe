import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** Timers are not exact, and a call is on its way for a moment. */
const toleranceMs = 50;

/**
 * Who asks to wait is not turned away before the wait is over; nor is a repeat of the very turn that is running, whatever
 * it asks for (I4).
 */
export function checkPatience({ history, conversations }: Evidence): Violation[] {
  const leastMs = history.settings.turnWaitMaxMs - toleranceMs;
  return conversations.flatMap(({ name, attempts, agentCalls }) =>
    [...attempts.values()].flat().flatMap(({ request, outcome, startedAt, endedAt }): Violation[] => {
      const { turnId, whenBusy } = request;
      if (outcome.kind !== 'refused' || outcome.reason !== 'TURN_IN_PROGRESS') return [];
      if (endedAt - startedAt >= leastMs) return [];
      const isRunning = agentCalls.some(
        (call) =>
          call.turnId === turnId && call.underLease.some(({ from, to }) => from < startedAt && to > endedAt),
      );
      if (whenBusy === 'reject' && !isRunning) return [];
      const why = isRunning ? 'it was running' : `it was to ${whenBusy}`;
      const message = `${turnId} was turned away after ${(endedAt - startedAt).toFixed(0)} ms, though ${why}`;
      return [{ check: 'patience', conversation: name, message, turnIds: [turnId], at: endedAt }];
    }),
  );
}
