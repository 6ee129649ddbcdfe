import { z } from 'zod';
import { canonical } from './canonical.ts';
import type { Outcome } from './history.ts';
import type { LogEntry } from './stored.ts';

const answerSchema = z.looseObject({
  turnId: z.string(),
  replayed: z.boolean(),
  turn: z.looseObject({ number: z.number() }),
});

/** An answered turn: its number, whether it was a replay, and its content as comparable text. */
export interface TurnAnswer {
  readonly turnId: string;
  readonly number: number;
  readonly isReplay: boolean;
  readonly content: string;
}

/** The parts in which two answers of one turn may differ: they describe the call, not the turn. */
const ofTheCall = ['conversationId', 'latencyMs', 'timings', 'replayed'];

/** Returns `null` for a turn that was not answered. */
export function turnAnswer(outcome: Outcome): TurnAnswer | null {
  if (outcome.kind !== 'answered') return null;
  const answer = answerSchema.parse(outcome.answer);
  const content = Object.entries(answer).filter(([name]) => !ofTheCall.includes(name));
  return {
    turnId: answer.turnId,
    number: answer.turn.number,
    isReplay: answer.replayed,
    content: canonical(Object.fromEntries(content)),
  };
}

/** Returns the answer that a stored turn must have, as comparable text. */
export function storedContent({ record }: LogEntry): string {
  const { messages, workflowState, ...rest } = record;
  return canonical({
    ...rest,
    messages: messages.filter(({ role }) => role === 'assistant'),
    workflowState: {
      ...workflowState,
      openedAt: new Date(workflowState.openedAt),
      updatedAt: new Date(workflowState.updatedAt),
      expiresAt: new Date(workflowState.expiresAt),
    },
  });
}
