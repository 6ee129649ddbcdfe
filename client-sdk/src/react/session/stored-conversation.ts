import type { TurnInput } from '../../../../contract/inputs.ts';
import type { Message } from '../../../../contract/message.ts';
import type { ConversationResult, TurnResult } from '../../../../contract/results.ts';
import type { Json } from '../../../../workflows/definition/json.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import type { AnyWatchEvent } from '../../results.ts';

/** A conversation as the cache holds it: the result of `workflow.get`, with the turns that were committed since. */
export type StoredConversation = ConversationResult<TypedDefinition>;

/** The facts of a committed turn, which the watch and the result of an own turn both report. */
export type TurnFacts = Pick<
  Extract<AnyWatchEvent, { type: 'turn.committed' }>,
  'conversationId' | 'workflowId' | 'workflowState' | 'progress' | 'turn' | 'messages'
>;

/** The state in which a conversation was left at its end. */
export type EndedConversation = Pick<StoredConversation, 'workflowState' | 'progress'>;

/** Returns cached data if it is intact. A cache that was kept as plain JSON has strings for dates. */
export function intactOrUndefined(cached: StoredConversation | undefined): StoredConversation | undefined {
  const openedAt: unknown = cached?.workflowState.openedAt;
  return openedAt instanceof Date ? cached : undefined;
}

/**
 * Adds a committed turn to the conversation. Adding it twice changes nothing. Pure.
 * @returns `null` where turns before this one are missing
 */
export function withTurn(
  stored: StoredConversation | undefined,
  committed: TurnFacts,
): StoredConversation | null {
  const { conversationId, workflowId, workflowState, progress, turn, messages } = committed;
  const latest = { conversationId, workflowId, workflowState, progress, lastTurn: turn };
  const isOfThis = stored !== undefined && isSame(stored, committed);
  if (turn.number === 1 && !isOfThis) return { ...latest, messages, olderBefore: null };
  if (!isOfThis || turn.number > stored.workflowState.turnCount + 1) return null;
  // Stored turns of this number or later are either older, and Redis has lost them, or newer than this event.
  if (turn.number <= stored.workflowState.turnCount && isBefore(committed, stored)) return stored;
  const kept = stored.messages.filter((message) => message.turn < turn.number);
  return { ...latest, messages: [...kept, ...messages], olderBefore: stored.olderBefore };
}

/** Makes a committed turn of an own turn's result, which has the agent's messages only. */
export function turnFactsOf(result: TurnResult<TypedDefinition>, input: TurnInput): TurnFacts {
  const { number, undid } = result.turn;
  const own = userMessage(input, number).map((message) =>
    undid === undefined ? message : { ...message, undid },
  );
  return { ...result, messages: [...own, ...result.messages] };
}

/** Predicts the user's own message as the server stores it. */
export function userMessage(input: TurnInput, turn: number, id = `${turn}.0`): Message[] {
  const base = { id, role: 'user', turn } as const;
  switch (input.type) {
    case 'text':
      return [{ ...base, kind: 'text', text: input.text.trim(), format: 'plain' }];
    case 'cardAction': {
      const { cardId, data, action } = input;
      return [
        { ...base, kind: 'event', cardId, card: { ...data }, ...(action === undefined ? {} : { action }) },
      ];
    }
    case 'data': {
      const { data, text } = input;
      const words = text === undefined ? {} : { text: text.trim(), format: 'plain' as const };
      return [{ ...base, kind: 'event', data: definedFields(data), ...words }];
    }
    case 'undo':
      return [{ ...base, kind: 'event' }];
    case 'open':
      return [];
  }
}

function definedFields(data: Extract<TurnInput, { type: 'data' }>['data']): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([field, value]): [string, Json][] =>
      value === undefined ? [] : [[field, value]],
    ),
  );
}

export function withEnd(
  stored: StoredConversation,
  { workflowState, progress }: EndedConversation,
): StoredConversation {
  return { ...stored, workflowState, progress };
}

/** Puts a page of older messages before the known ones. */
export function withOlder(stored: StoredConversation, page: StoredConversation): StoredConversation {
  return { ...stored, messages: [...page.messages, ...stored.messages], olderBefore: page.olderBefore };
}

/**
 * Decides what to cache when a query succeeds, because the cache may be newer by then, or hold more pages. Pure.
 * @param before the cached data at the time of the request
 */
export function reconciled(
  fetched: StoredConversation,
  {
    before,
    now,
  }: { readonly before: StoredConversation | undefined; readonly now: StoredConversation | undefined },
): StoredConversation {
  if (now === undefined || !isSame(now, fetched)) return fetched;
  if (now !== before && isBehind(fetched, now)) return now;
  const first = fetched.messages[0];
  const known = first === undefined ? -1 : now.messages.findIndex(({ id }) => id === first.id);
  if (known <= 0) return fetched;
  const older = now.messages.slice(0, known);
  return { ...fetched, messages: [...older, ...fetched.messages], olderBefore: now.olderBefore };
}

type OpenedConversation = Pick<StoredConversation, 'workflowState'>;

/**
 * Returns whether both are the same conversation: another may be opened under the id of one that was purged or
 * forgotten.
 */
function isSame(one: OpenedConversation, other: OpenedConversation): boolean {
  return one.workflowState.openedAt.getTime() === other.workflowState.openedAt.getTime();
}

function isBefore(one: OpenedConversation, other: OpenedConversation): boolean {
  return one.workflowState.updatedAt.getTime() < other.workflowState.updatedAt.getTime();
}

function isBehind(one: OpenedConversation, other: OpenedConversation): boolean {
  const ahead = other.workflowState.turnCount - one.workflowState.turnCount;
  return ahead > 0 || (ahead === 0 && isBefore(one, other));
}
