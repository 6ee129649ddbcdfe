import type { Evidence, TurnCall } from '../evidence.ts';
import { purgesOf } from './purges.ts';
import { turnAnswer } from '../turn-answer.ts';
import type { Violation } from './violation.ts';

/**
 * A repeated turn id gets the recorded turn, marked as a replay, and is never refused after an acknowledgement (I4).
 */
export function checkReplays({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const conversation of conversations) {
    const purges = purgesOf(conversation);
    for (const [turnId, attempts] of conversation.attempts) {
      const report = (message: string, { endedAt }: TurnCall): void => {
        const { name } = conversation;
        violations.push({ check: 'replays', conversation: name, message, turnIds: [turnId], at: endedAt });
      };
      const isAcrossPurge = (first: TurnCall): boolean => purges.some(({ over }) => over > first.startedAt);
      const answered = attempts.flatMap((attempt) => {
        const answer = turnAnswer(attempt.outcome);
        return answer === null || isAcrossPurge(attempt) ? [] : [{ attempt, answer }];
      });
      const [first, ...others] = answered;
      if (first === undefined) continue;
      for (const { attempt, answer } of others)
        if (answer.content !== first.answer.content) report(`${turnId} was answered in two ways`, attempt);
      const originals = answered.filter(({ answer }) => !answer.isReplay);
      const second = originals[1];
      if (second !== undefined) report(`${turnId} was run ${originals.length} times`, second.attempt);
      const acknowledgedAt = Math.min(...answered.map(({ attempt }) => attempt.endedAt));
      for (const attempt of attempts) {
        if (attempt.startedAt < acknowledgedAt) continue;
        const answer = turnAnswer(attempt.outcome);
        if (answer !== null && !answer.isReplay)
          report(`${turnId} was run again after it was acknowledged`, attempt);
        const { outcome } = attempt;
        if (outcome.kind === 'refused' && !mayRefuseReplay(outcome.reason))
          report(`${turnId} was refused with ${outcome.reason} after it was acknowledged`, attempt);
      }
    }
  }
  return violations;
}

/** True for the reasons for which any call may be refused, and for the one about other input under the same turn id. */
function mayRefuseReplay(reason: string): boolean {
  return ['STATE_STORE_UNAVAILABLE', 'OVERLOADED', 'SHUTTING_DOWN', 'TURN_ID_REUSED'].includes(reason);
}
