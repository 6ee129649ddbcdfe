import { carryOverWhole } from '../domain/carry-over.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Message } from '../domain/message.ts';
import { findPosition, progressOf } from '../domain/position.ts';
import type { Progress } from '../domain/position.ts';
import { viewState } from '../domain/result.ts';
import type { TurnMetadata, WorkflowStateView } from '../domain/result.ts';
import type { Dependencies } from './dependencies.ts';
import { workflowOf } from './find-workflow.ts';

/** Where a message stands in a conversation; its id is `<turn>.<index>`. */
export interface MessagePlace {
  readonly turn: number;
  readonly index: number;
}

export interface GetQuery {
  readonly key: ConversationKey;
  /** How many messages at most. */
  readonly limit: number;
  /** Only messages before this one. */
  readonly before: MessagePlace | undefined;
}

export interface ConversationView {
  readonly conversationId: string;
  readonly workflowId: string;
  readonly workflowState: WorkflowStateView;
  readonly progress: Progress;
  /** What the last turn did; `null` when the transcript holds none. */
  readonly lastTurn: TurnMetadata | null;
  /** Newest last. */
  readonly messages: readonly Message[];
  /** What `before` must be to get the messages before these; `null` when there are none. */
  readonly olderBefore: string | null;
}

/** That there is no such conversation: said of one that never existed, was forgotten, or is somebody else's (I8). */
export function notFound(): TurnkeeperError<'WORKFLOW_NOT_FOUND'> {
  return new TurnkeeperError('WORKFLOW_NOT_FOUND', 'There is no such conversation. It may have expired.');
}

/**
 * Reads a conversation, in one round trip.
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, DEFINITION_CHANGED, STATE_STORE_UNAVAILABLE
 */
export async function getConversation(
  { store, workflows, clock }: Dependencies,
  { key, limit, before }: GetQuery,
): Promise<ConversationView> {
  // Every turn has a message or two, so this many turns hold this many messages.
  const page = { turns: limit, ...(before === undefined ? {} : { upTo: before.turn }) };
  const found = await store.read(key, page);
  if (found === null) throw notFound();
  const workflow = workflowOf(workflows, found.state, null);
  const state = carryOverWhole(workflow, found.state);
  const position = findPosition(workflow, state);
  const candidates = found.turns
    .flatMap((turn) => turn.messages)
    .filter((message) => isBefore(message, before));
  const messages = candidates.slice(-limit);
  const oldest = messages[0];
  const reachesBack = candidates.length > messages.length || (found.turns[0]?.turn.number ?? 1) > 1;
  return {
    conversationId: key.conversationId,
    workflowId: workflow.id,
    workflowState: viewState(state, position, { expiresAt: clock.now() + store.ttlSeconds * 1000 }),
    progress: progressOf(position),
    lastTurn: found.lastTurn?.turn ?? null,
    messages,
    olderBefore: reachesBack && oldest !== undefined ? oldest.id : null,
  };
}

function isBefore(message: Message, before: MessagePlace | undefined): boolean {
  if (before === undefined || message.turn < before.turn) return true;
  return message.turn === before.turn && Number(message.id.slice(message.id.indexOf('.') + 1)) < before.index;
}
