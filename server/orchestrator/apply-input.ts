/**
 * The effect of a turn's own input, before any agent is asked.
 *
 * The job: set the fields of a data turn, or take a change back, and say what the agent is told of it. The boundary: pure;
 * the answer's effect follows in `applyAnswer`, and one commit stores both. It keeps that
 * - a data turn sets all of its fields or none (I10): a value that is refused fails the call, and no agent is asked;
 * - what the person entered stands: the answer of the same turn can't change it.
 */
import type { TurnInput } from '../../contract/inputs.ts';
import type { Json } from '../../workflows/definition/json.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { nextSources } from '../domain/field-sources.ts';
import { nothingSaid } from '../domain/parsed-turn.ts';
import { fieldsRefused, issuesAt } from '../domain/refused-values.ts';
import { reduceTurn } from '../domain/reduce-turn.ts';
import type { TranscriptTurn } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import { changedFields, takenBack } from '../domain/undo.ts';
import type { Workflow } from '../domain/workflow.ts';
import { toAgentInput } from './agent-input.ts';
import { nothingToUndo } from './failures.ts';

export interface AppliedInput {
  /** The state that the agent is told. */
  readonly state: ConversationState;
  readonly agentInput: AgentInput;
  /** False for a turn that wants no answer. */
  readonly asksAgent: boolean;
  /** The fields that the answer can't change. */
  readonly fixed: ReadonlySet<string> | 'all';
}

/** The turns of the transcript that an input refers to. */
interface NamedTurns {
  /** The turn that showed the card which is acted on; null where the transcript does not hold it. */
  readonly cardTurn: TranscriptTurn | null;
  /** The turn to take back; null where there is none. */
  readonly undone: TranscriptTurn | null;
}

const none: ReadonlySet<string> = new Set();

/** @throws TurnkeeperError INVALID_INPUT, UNKNOWN_CARD, NOTHING_TO_UNDO */
export function applyInput(
  workflow: Workflow,
  state: ConversationState,
  input: TurnInput,
  { cardTurn, undone }: NamedTurns,
): AppliedInput {
  switch (input.type) {
    case 'text':
    case 'open':
      return { state, agentInput: input, asksAgent: true, fixed: none };
    case 'cardAction': {
      const agentInput = toAgentInput(workflow, input, cardTurn);
      return { state, agentInput, asksAgent: true, fixed: none };
    }
    case 'data':
      return enter(workflow, state, input);
    case 'undo':
      return takeBack(state, undone);
  }
}

function enter(
  workflow: Workflow,
  state: ConversationState,
  input: Extract<TurnInput, { readonly type: 'data' }>,
): AppliedInput {
  const { data: wanted, respond = true } = input;
  const text = input.text ?? null;
  const data = Object.entries(wanted).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  if (data.length === 0 && text === null) {
    throw fieldsRefused([{ path: 'input.data', message: 'must set a field, or come with a text' }]);
  }
  const { awaitsMore, context } = state;
  // Whoever is asked for another item of a group still is, unless the turn sets the group itself.
  const more = data.some(([field]) => field === awaitsMore) ? null : (awaitsMore ?? null);
  const { next, delta } = reduceTurn(
    workflow,
    state,
    { ...nothingSaid, more, data: new Map(data) },
    { context },
  );
  const issues = issuesAt('input.data', delta);
  if (issues.length > 0) throw fieldsRefused(issues);
  const isUnchanged = !delta.stateChanged;
  return {
    state: {
      ...state,
      ...next,
      // The turn is counted once, with its answer. The answer may clear another field, so that nothing is complete yet.
      turnCount: state.turnCount,
      status: state.status,
      outcome: state.outcome,
      // A confirmation that was asked for is about what was collected then.
      awaitsConfirmation: isUnchanged && state.awaitsConfirmation,
      sources: nextSources(state.sources, delta.collected, 'entered'),
    },
    agentInput: { type: 'data', data: Object.fromEntries(data), text },
    asksAgent: respond,
    fixed: new Set(data.map(([field]) => field)),
  };
}

function takeBack(state: ConversationState, undone: TranscriptTurn | null): AppliedInput {
  const { reverse } = undone ?? {};
  // A migration to another version of the definition leaves nothing that can be taken back.
  const isLastChange = undone !== null && undone.turn.number === state.lastChange;
  if (!isLastChange || reverse === undefined) throw nothingToUndo();
  const restored = takenBack(state, reverse);
  return {
    state: { ...restored, awaitsConfirmation: false, awaitsMore: undefined },
    agentInput: {
      type: 'undo',
      undid: undone.turn.number,
      changed: changedFields(state.collected, restored.collected),
    },
    asksAgent: true,
    fixed: 'all',
  };
}
