import type { Evidence } from '../evidence.ts';
import { purgesOf } from './purges.ts';
import { storedContent, turnAnswer } from '../turn-answer.ts';
import type { Violation } from './violation.ts';

/** Every acknowledged turn is stored exactly once, with the acknowledged content (I2, I4). */
export function checkAcknowledged({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const conversation of conversations) {
    const purges = purgesOf(conversation);
    const { log = [], first = 1 } = conversation.stored ?? {};
    for (const [turnId, attempts] of conversation.attempts) {
      const entries = log.filter(({ record }) => record.turnId === turnId);
      const report = (message: string, at?: number): void => {
        const detail = { check: 'acknowledged', conversation: conversation.name, turnIds: [turnId] };
        violations.push({ ...detail, message, ...(at === undefined ? {} : { at }) });
      };
      if (entries.length > 1) report(`${turnId} is stored ${entries.length} times`);
      for (const attempt of attempts) {
        const answer = turnAnswer(attempt.outcome);
        if (answer === null) continue;
        if (answer.turnId !== turnId) report(`${turnId} was answered as ${answer.turnId}`, attempt.endedAt);
        // A turn that was purged after its commit may be gone, or may have run again after that.
        if (purges.some((purge) => purge.over > attempt.startedAt)) continue;
        // The transcript no longer holds it.
        if (answer.number < first) continue;
        const entry = entries[0];
        if (entry === undefined)
          report(`${turnId} was acknowledged as turn ${answer.number}, and is not stored`, attempt.endedAt);
        else if (storedContent(entry) !== answer.content)
          report(
            `${turnId} was acknowledged as something else than is stored as ${entry.id}`,
            attempt.endedAt,
          );
      }
    }
  }
  return violations;
}
