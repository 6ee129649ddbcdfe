/**
 * Taking back what a turn changed.
 *
 * The job: work out the difference by which a turn is taken back, and apply it. The boundary: the difference is stored
 * with its turn, so its cost does not grow with the conversation (I9); the agent and the transcript are the caller's. It
 * keeps that
 * - what is restored is exactly what was there: the fields with their sources, and the steps that were passed;
 * - a turn that was taken back is not taken back again: the next undo goes to the change before it.
 */
import type { Json } from '../../workflows/definition/json.ts';
import { applyDifference, differenceOf } from './json-difference.ts';
import type { Difference } from './json-difference.ts';
import { jsonEquals } from './merge-fields.ts';
import type { TranscriptTurn } from './result.ts';
import { conversationStateSchema } from './state.ts';
import type { ConversationState, Undoable } from './state.ts';

const undoableSchema = conversationStateSchema.pick({
  collected: true,
  sources: true,
  passedSteps: true,
  lastChange: true,
  choiceTitles: true,
});

function undoableOf({ collected, sources, passedSteps, lastChange, choiceTitles }: Undoable): Undoable {
  return { collected, sources, passedSteps, lastChange, choiceTitles };
}

/**
 * The difference by which a turn is taken back; null for one that changed nothing.
 * @param after what the turn left, not yet with itself as the last change
 */
export function reverseOf(turnNumber: number, before: Undoable, after: Undoable): Difference | null {
  if (differenceOf(undoableOf(before), undoableOf(after)) === null) return null;
  return differenceOf({ ...undoableOf(after), lastChange: turnNumber }, undoableOf(before));
}

/**
 * The state with a turn taken back.
 * @throws Error for a difference that `reverseOf` did not make of this state
 */
export function takenBack(state: ConversationState, reverse: Difference): ConversationState {
  const restored = undoableSchema.parse(applyDifference(undoableOf(state), reverse));
  const { sources: _, lastChange: __, choiceTitles: ___, ...rest } = state;
  return { ...rest, ...restored };
}

/**
 * The turns that stand, without those that were taken back and without the undos themselves.
 * @param undone the turn that is being taken back, if one is
 */
export function standingTurns(
  turns: readonly TranscriptTurn[],
  undone: TranscriptTurn | null,
): readonly TranscriptTurn[] {
  const undoneNow = undone === null ? [] : [undone.turn.number];
  const takenBefore = turns.flatMap(({ turn }) => turn.undid ?? []);
  if (takenBefore.length === 0 && undone === null) return turns;
  const gone = new Set([...undoneNow, ...takenBefore]);
  return turns.filter(({ turn }) => turn.undid === undefined && !gone.has(turn.number));
}

/** The fields that differ, with their values after; `null` for one that is gone. */
export function changedFields(
  before: ConversationState['collected'],
  after: ConversationState['collected'],
): Record<string, Json> {
  const changed = Object.entries(after).filter(
    ([field, value]) => !Object.hasOwn(before, field) || !jsonEquals(before[field], value),
  );
  const gone = Object.keys(before).filter((field) => !Object.hasOwn(after, field));
  return Object.fromEntries([...changed, ...gone.map((field): [string, Json] => [field, null])]);
}
