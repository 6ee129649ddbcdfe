import type { Conversation, Evidence, TurnCall } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** Timers are not exact, and a call takes a moment on the network. */
const toleranceMs = 50;

/**
 * A call that asks to wait is not refused before its wait is over; nor is a repeat of the running turn, whatever it
 * asks for (I4).
 */
export function checkPatience({ history, conversations }: Evidence): Violation[] {
  const leastMs = history.settings.turnWaitMaxMs - toleranceMs;
  return conversations.flatMap((conversation) => {
    const { name, attempts, ends } = conversation;
    const turns = [...attempts.values()].flat();
    return [...turns, ...ends].flatMap((call): Violation[] => {
      const { request, outcome, startedAt, endedAt } = call;
      if (outcome.kind !== 'refused' || outcome.reason !== 'TURN_IN_PROGRESS') return [];
      if (endedAt - startedAt >= leastMs) return [];
      const isRunning = request.op === 'turn' && ranThroughout(conversation, { ...call, request });
      if (request.whenBusy === 'reject' && !isRunning) return [];
      const what = request.op === 'turn' ? request.turnId : 'an end';
      const why = isRunning ? 'it was running' : `it was to ${request.whenBusy}`;
      const message = `${what} was turned away after ${(endedAt - startedAt).toFixed(0)} ms, though ${why}`;
      const turnIds = request.op === 'turn' ? [request.turnId] : [];
      return [{ check: 'patience', conversation: name, message, turnIds, at: endedAt }];
    });
  });
}

/** Returns whether the turn of a call was running from before the call until after it. */
function ranThroughout({ agentCalls }: Conversation, { request, startedAt, endedAt }: TurnCall): boolean {
  return agentCalls.some(
    ({ turnId, underLease }) =>
      turnId === request.turnId && underLease.some(({ from, to }) => from < startedAt && to > endedAt),
  );
}
