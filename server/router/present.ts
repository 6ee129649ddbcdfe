import type {
  ConversationPage,
  ConversationResult,
  ConversationResultOf,
  EndResult,
  EndResultOf,
  TurnResult,
  TurnResultOf,
} from '../../contract/results.ts';
import type { ServerWatchEvent } from '../../contract/watch-events.ts';
import type { OpenField, SuggestedInput, WorkflowState } from '../../contract/workflow-state.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { WithEpochTimes, WorkflowStateView } from '../domain/result.ts';
import type { ConversationList } from '../orchestrator/list-conversations.ts';
import type { WatchedEvent } from '../watch/watch-events.ts';
import { writeCursor } from './inputs.ts';

// Presenting a result turns its times into dates and gives it its workflow's literal types. The casts hold because a field
// gets into the state only through its schema, and the current step is always one of the definition's (I10).

/** A turn's messages are the agent's: the caller knows what it sent. */
export function presentTurn<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<TurnResultOf>,
): TurnResult<Definition> {
  const messages = result.messages.filter(({ role }) => role === 'assistant');
  // A spread that only replaces members copies the shape of the object, and is fast.
  return { ...result, messages, workflowState: withDates(result.workflowState) } as TurnResult<Definition>;
}

export function presentConversation<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<ConversationResultOf>,
): ConversationResult<Definition> {
  return { ...result, workflowState: withDates(result.workflowState) } as ConversationResult<Definition>;
}

export function presentEnd<Definition extends WorkflowDefinition>(
  result: WithEpochTimes<EndResultOf>,
): EndResult<Definition> {
  return { ...result, workflowState: withDates(result.workflowState) } as EndResult<Definition>;
}

export function presentList({ conversations, unreadable, next }: ConversationList): ConversationPage {
  return {
    ...(unreadable === undefined ? {} : { unreadable: [...unreadable] }),
    conversations: conversations.map((conversation) => ({
      ...conversation,
      openedAt: new Date(conversation.openedAt),
      updatedAt: new Date(conversation.updatedAt),
    })),
    nextCursor: next === null ? null : writeCursor(next),
  };
}

export function presentWatchEvent<Definition extends WorkflowDefinition>(
  event: WatchedEvent,
  conversationId: string,
): ServerWatchEvent<Definition> {
  if (event.type === 'turn.committed') {
    const { record, type } = event;
    const workflowState = withDates(record.workflowState);
    return { type, conversationId, ...record, workflowState } as ServerWatchEvent<Definition>;
  }
  if (event.type === 'conversation.ended' && !event.purged) {
    const { type, purged, final } = event;
    const workflowState = withDates(final.workflowState);
    return { type, purged, ...final, workflowState } as ServerWatchEvent<Definition>;
  }
  return event;
}

/**
 * A copy, if it is one of the open fields: an object that occurs twice in a result is marked by superjson, and no longer
 * plain JSON (output-transformer.ts).
 */
function apartFrom(open: readonly OpenField[], suggested: SuggestedInput): SuggestedInput {
  return open.some((field) => field === suggested) ? copyOf(suggested) : suggested;
}

function copyOf<Control extends SuggestedInput>(control: Control): Control {
  const { choices, examples, items } = control;
  return {
    ...control,
    ...(choices === undefined ? {} : { choices: choices.map((choice) => ({ ...choice })) }),
    ...(examples === undefined ? {} : { examples: structuredClone(examples) }),
    ...(items === undefined ? {} : { items: items.map((item) => copyOf(item)) }),
  };
}

/**
 * Written member by member. Taking members away from an object by a rest makes a hash table of it, and so does adding
 * several after a spread: that costs 7 µs instead of 0.2.
 */
function withDates(state: WorkflowStateView): WorkflowState {
  const { status, currentStep, collected, sources, turnCount, definitionVersion } = state;
  const { outcome, open } = state;
  const suggestedInput = apartFrom(open, state.suggestedInput);
  const openedAt = new Date(state.openedAt);
  const updatedAt = new Date(state.updatedAt);
  const expiresAt = new Date(state.expiresAt);
  return outcome === undefined
    ? {
        status,
        currentStep,
        collected,
        sources,
        turnCount,
        definitionVersion,
        suggestedInput,
        open,
        openedAt,
        updatedAt,
        expiresAt,
      }
    : {
        status,
        currentStep,
        collected,
        sources,
        turnCount,
        definitionVersion,
        outcome,
        suggestedInput,
        open,
        openedAt,
        updatedAt,
        expiresAt,
      };
}
