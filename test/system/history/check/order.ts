import { z } from 'zod';
import type { Evidence } from '../evidence.ts';
import { canonical } from '../canonical.ts';
import { turnAnswer } from '../turn-answer.ts';
import { purgesOf } from './purges.ts';
import type { Violation } from './violation.ts';

const viewSchema = z.looseObject({
  messages: z.array(z.unknown()),
  workflowState: z.looseObject({ turnCount: z.number(), collected: z.record(z.string(), z.unknown()) }),
});

/**
 * The turn numbers follow the order that callers see: a turn that begins after an acknowledgement comes after it, and a
 * reader sees a state that existed, no older than what was acknowledged before the read (I1).
 */
export function checkOrder({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const conversation of conversations) {
    if (purgesOf(conversation).length > 0) continue;
    const { name, attempts, gets, stored } = conversation;
    const { first = 1 } = stored ?? {};
    const report = (message: string, turnIds: readonly string[], at: number): void => {
      violations.push({ check: 'order', conversation: name, message, turnIds, at });
    };
    const turns = [...attempts.values()].flat().flatMap((attempt) => {
      const answer = turnAnswer(attempt.outcome);
      return answer === null ? [] : [{ ...answer, from: attempt.startedAt, to: attempt.endedAt }];
    });
    const acknowledged = turns.toSorted((left, right) => left.to - right.to);
    const highestBefore = highestAcknowledged(acknowledged);
    for (const turn of turns) {
      const before = highestBefore(turn.from);
      if (!turn.isReplay && before !== null && before.number >= turn.number)
        report(
          `turn ${turn.number} began after turn ${before.number} was acknowledged`,
          [before.turnId, turn.turnId],
          turn.to,
        );
    }
    for (const { outcome, startedAt, endedAt } of gets) {
      const before = highestBefore(startedAt);
      if (outcome.kind === 'refused' && outcome.reason === 'WORKFLOW_NOT_FOUND' && before !== null)
        report(`was not found after turn ${before.number} was acknowledged`, [before.turnId], endedAt);
      if (outcome.kind !== 'answered') continue;
      const { messages, workflowState } = viewSchema.parse(outcome.answer);
      const { turnCount, collected } = workflowState;
      if (before !== null && before.number > turnCount)
        report(
          `a reader saw turn ${turnCount} after turn ${before.number} was acknowledged`,
          [before.turnId],
          endedAt,
        );
      // The transcript no longer holds it.
      if (turnCount < first) continue;
      const entry = stored?.log[turnCount - first];
      if (entry === undefined) report(`a reader saw turn ${turnCount}, which is not stored`, [], endedAt);
      else if (canonical(entry.record.workflowState.collected) !== canonical(collected))
        report(`a reader saw other fields than turn ${turnCount} left`, [entry.record.turnId], endedAt);
      const said = stored?.log.slice(0, turnCount - first + 1).flatMap(({ record }) => record.messages) ?? [];
      if (messages.length === 0 || canonical(said.slice(-messages.length)) !== canonical(messages))
        report(`a reader saw other messages than turns up to ${turnCount} hold`, [], endedAt);
    }
  }
  return violations;
}

interface Acknowledged {
  readonly number: number;
  readonly turnId: string;
  readonly to: number;
}

/** The highest number that was acknowledged before a moment, from turns in the order of their acknowledgements. */
function highestAcknowledged(inOrder: readonly Acknowledged[]): (moment: number) => Acknowledged | null {
  const highest: Acknowledged[] = [];
  for (const turn of inOrder) {
    const last = highest.at(-1);
    if (last === undefined || turn.number > last.number) highest.push(turn);
  }
  return (moment) => highest.findLast(({ to }) => to < moment) ?? null;
}
