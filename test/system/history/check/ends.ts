import type { Evidence } from '../evidence.ts';
import { purgesOf } from './purges.ts';
import { turnAnswer } from '../turn-answer.ts';
import type { Violation } from './violation.ts';

/** An ended conversation stays ended: no turn that begins after the end runs, and its result stands. */
export function checkEnds({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const conversation of conversations) {
    if (purgesOf(conversation).length > 0) continue;
    const { name, attempts, ends, stored } = conversation;
    const answered = ends.filter(({ outcome }) => outcome.kind === 'answered');
    if (answered.length === 0) continue;
    if (stored?.state?.status !== 'ended')
      violations.push({
        check: 'ends',
        conversation: name,
        message: 'was ended, and is not stored so',
        turnIds: [],
      });
    const endedAt = Math.min(...answered.map((call) => call.endedAt));
    for (const [turnId, made] of attempts) {
      for (const attempt of made) {
        const answer = turnAnswer(attempt.outcome);
        if (attempt.startedAt < endedAt || answer === null || answer.isReplay) continue;
        violations.push({
          check: 'ends',
          conversation: name,
          message: `${turnId} ran after the end`,
          turnIds: [turnId],
          at: attempt.endedAt,
        });
      }
    }
  }
  return violations;
}
