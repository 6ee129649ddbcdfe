import type { Message } from '../../contract/message.ts';
import type { ConversationResultOf } from '../../contract/results.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { TranscriptTurn, WithEpochTimes } from '../domain/result.ts';
import { viewActive, viewFinished } from '../domain/view.ts';
import type { Dependencies } from './dependencies.ts';
import { notFound } from './failures.ts';
import { workflowOf } from './open-or-resume.ts';
import type { TranscriptPage } from './ports/workflow-state-store.ts';

/** The place of a message in a conversation; the message's id is `<turn>.<index>`. */
export interface MessagePlace {
  readonly turn: number;
  readonly index: number;
}

export interface GetQuery {
  readonly key: ConversationKey;
  /** The largest number of messages. */
  readonly limit: number;
  /** Only messages before this one. */
  readonly before: MessagePlace | undefined;
}

/**
 * Reads a conversation, in one round trip.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, CONVERSATION_UNREADABLE, DEFINITION_CHANGED, STATE_STORE_UNAVAILABLE
 */
export async function getConversation(
  { store, workflows, clock }: Dependencies,
  { key, limit, before }: GetQuery,
): Promise<WithEpochTimes<ConversationResultOf>> {
  const found = await store.read(key, transcriptPage(limit, before));
  if (found === null) throw notFound();
  const { state, turns } = found;
  const expiresAt = clock.now() + (found.expiresInMs ?? store.ttlSeconds * 1000);
  const view =
    state.status === 'active'
      ? viewActive(workflowOf(workflows.current, state, null), state, expiresAt)
      : viewFinished(state, expiresAt);
  const candidates = turns.flatMap((turn) => turn.messages).filter((message) => isBefore(message, before));
  const messages = candidates.slice(-limit);
  return {
    conversationId: key.conversationId,
    workflowId: state.workflowId,
    ...view,
    lastTurn: found.lastTurn?.turn ?? null,
    messages,
    olderBefore: candidates.length > messages.length ? (messages[0]?.id ?? null) : beforeTurn(turns[0]),
  };
}

/**
 * Reads as many turns as the page may have messages. A turn may have none, and the store returns fewer turns where they
 * are large: the page is short then.
 */
function transcriptPage(limit: number, before: MessagePlace | undefined): TranscriptPage {
  if (before === undefined) return { turns: limit };
  return { turns: limit, upTo: before.index > 0 ? before.turn : before.turn - 1 };
}

/** The place before a turn's first message; `null` where nothing comes before it. */
function beforeTurn(oldest: TranscriptTurn | undefined): string | null {
  return oldest === undefined || oldest.turn.number === 1 ? null : `${oldest.turn.number}.0`;
}

function isBefore(message: Message, before: MessagePlace | undefined): boolean {
  if (before === undefined || message.turn < before.turn) return true;
  return message.turn === before.turn && Number(message.id.slice(message.id.indexOf('.') + 1)) < before.index;
}
