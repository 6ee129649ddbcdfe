import { isDeepStrictEqual } from 'node:util';
import type { ConversationResult, TurnResult } from '../../client-sdk/src/index.ts';
import type { Dialogue, Expectation } from './replay-file.ts';

/** One thing that is not as the file has it. */
export interface Difference {
  readonly dialogue: string;
  /** From 1; `null` for what is compared at the dialogue's end. */
  readonly turn: number | null;
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

type FieldDifference = Pick<Difference, 'field' | 'expected' | 'got'>;

/** What a turn reported, under the names that an expectation has for it. */
function reported({
  turn,
  progress,
  workflowState,
  messages,
}: TurnResult<never>): Record<keyof Expectation, unknown> {
  return {
    collectedThisTurn: turn.collected,
    stateChanged: turn.stateChanged,
    currentStep: progress.currentStep,
    percentComplete: progress.percentComplete,
    status: workflowState.status,
    rejected: turn.rejected.map(({ field }) => field).sort(),
    ignored: [...turn.ignored].sort(),
    suggestedInput: workflowState.suggestedInput,
    text: messages.flatMap(({ text }) => text ?? []),
  };
}

/** Compares a turn with what was expected of it: exactly, on everything that is named. */
export function compareTurn(expect: Expectation, result: TurnResult<never>): FieldDifference[] {
  const expected = {
    ...expect,
    ...(expect.rejected === undefined ? {} : { rejected: [...expect.rejected].sort() }),
    ...(expect.ignored === undefined ? {} : { ignored: [...expect.ignored].sort() }),
  };
  return compare(expected, reported(result));
}

/** Compares a conversation with how its dialogue is to end. */
export function compareEnd(dialogue: Dialogue, conversation: ConversationResult<never>): FieldDifference[] {
  const { finalCollected, completed } = dialogue;
  const { collected, status } = conversation.workflowState;
  return compare(
    { finalCollected, completed },
    { finalCollected: collected, completed: status === 'completed' },
  );
}

function compare(expected: object, got: object): FieldDifference[] {
  const gotByField = new Map<string, unknown>(Object.entries(got));
  return Object.entries(expected).flatMap(([field, value]: [string, unknown]) => {
    if (value === undefined || isDeepStrictEqual(value, gotByField.get(field))) return [];
    return [{ field, expected: value, got: gotByField.get(field) }];
  });
}
