import type { Evidence, TurnCall } from '../evidence.ts';
import { effectOf } from './refusal.ts';
import { turnAnswer } from '../turn-answer.ts';
import type { Violation } from './violation.ts';

/** A turn whose every attempt was definitely refused is not stored (I5), nor is any turn that no client sent. */
export function checkRefused({ conversations }: Evidence): Violation[] {
  return conversations.flatMap(({ name, attempts, stored }) =>
    (stored?.log ?? []).flatMap(({ id, record: { turnId } }): Violation[] => {
      const made = attempts.get(turnId) ?? [];
      if (made.some(mayHaveStored)) return [];
      const reasons = made.flatMap(({ outcome }) => (outcome.kind === 'refused' ? [outcome.reason] : []));
      const message =
        made.length === 0
          ? `${turnId} is stored as ${id}, and nobody sent it`
          : `${turnId} was refused (${reasons.join(', ')}), and is stored as ${id}`;
      return [{ check: 'refused', conversation: name, message, turnIds: [turnId] }];
    }),
  );
}

/** A replay only repeats what another attempt stored. */
function mayHaveStored(attempt: TurnCall): boolean {
  return effectOf(attempt) === 'unknown' && turnAnswer(attempt.outcome)?.isReplay !== true;
}
