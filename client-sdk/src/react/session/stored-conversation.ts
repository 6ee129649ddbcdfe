import type { TurnInput } from '../../../../contract/inputs.ts';
import type { Message } from '../../../../contract/message.ts';
import type { ConversationResult, TurnResult } from '../../../../contract/results.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import type { AnyWatchEvent } from '../../results.ts';

/** A conversation as the cache holds it: what `workflow.get` answered, with what has been committed since. */
export type StoredConversation = ConversationResult<TypedDefinition>;
type CommittedTurn = Extract<AnyWatchEvent, { type: 'turn.committed' }>;
/** A turn that was committed, as the watch or one's own answer tells of it. */
export type ToldTurn = Pick<
  CommittedTurn,
  'conversationId' | 'workflowId' | 'workflowState' | 'progress' | 'turn' | 'messages'
>;

/** How it stands. */
export type Standing = Pick<StoredConversation, 'workflowState' | 'progress'>;

/** What is cached, if it is what was put there: a cache that was kept as plain JSON has strings for dates. */
export function readable(cached: StoredConversation | undefined): StoredConversation | undefined {
  const openedAt: unknown = cached?.workflowState.openedAt;
  return openedAt instanceof Date ? cached : undefined;
}

/**
 * The conversation with a turn that was committed. Told of one twice, it is the same. Pure.
 * @returns `null` where turns before this one are missing
 */
export function withTurn(stored: StoredConversation | undefined, told: ToldTurn): StoredConversation | null {
  const { conversationId, workflowId, workflowState, progress, turn, messages } = told;
  const standing = { conversationId, workflowId, workflowState, progress, lastTurn: turn };
  const isOfThis = stored !== undefined && isSame(stored, told);
  if (turn.number === 1 && !isOfThis) return { ...standing, messages, olderBefore: null };
  if (!isOfThis || turn.number > stored.workflowState.turnCount + 1) return null;
  // Those at its number or after it were lost by Redis if they are older, and are not known to this event if they are newer.
  if (turn.number <= stored.workflowState.turnCount && isBefore(told, stored)) return stored;
  const kept = stored.messages.filter((message) => message.turn < turn.number);
  return { ...standing, messages: [...kept, ...messages], olderBefore: stored.olderBefore };
}

/** The answer to one's own turn, in the form in which the watch tells of it: the server answers with the agent's messages alone. */
export function toldByResult(result: TurnResult<TypedDefinition>, input: TurnInput): ToldTurn {
  return { ...result, messages: [...userMessage(input, result.turn.number), ...result.messages] };
}

/** The user's own message as the server stores it, as far as it can be told here. */
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
    case 'open':
      return [];
  }
}

/** The conversation as it was left. */
export function withEnd(
  stored: StoredConversation,
  { workflowState, progress }: Standing,
): StoredConversation {
  return { ...stored, workflowState, progress };
}

/** With a page of older messages before those that it has. */
export function withOlder(stored: StoredConversation, page: StoredConversation): StoredConversation {
  return { ...stored, messages: [...page.messages, ...stored.messages], olderBefore: page.olderBefore };
}

/**
 * What is to be cached when a query answers, and the cache may have moved on meanwhile, or held more pages. Pure.
 * @param before what was cached when it was asked
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

type Dated = Pick<StoredConversation, 'workflowState'>;

/** Not another that was begun under the same id after the first was purged or forgotten. */
function isSame(one: Dated, other: Dated): boolean {
  return one.workflowState.openedAt.getTime() === other.workflowState.openedAt.getTime();
}

function isBefore(one: Dated, other: Dated): boolean {
  return one.workflowState.updatedAt.getTime() < other.workflowState.updatedAt.getTime();
}

function isBehind(one: Dated, other: Dated): boolean {
  const ahead = other.workflowState.turnCount - one.workflowState.turnCount;
  return ahead > 0 || (ahead === 0 && isBefore(one, other));
}
