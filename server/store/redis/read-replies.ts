import { z } from 'zod';
import type {
  FollowedConversation,
  Holder,
  LoadedConversation,
  ReadConversation,
} from '../../orchestrator/ports/workflow-state-store.ts';
import { turnIdOfPlace } from '../../redis/conversation-keys.ts';
import { readRecord, readState, readUse } from './stored-json.ts';

// ioredis hands Lua's `false` over as null.
const loadReply = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  z.tuple([z.string(), z.number(), z.enum(['0', '1'])]).nullable(),
  z.array(z.string()),
  z.string().nullable(),
]);
const readReply = z.tuple([z.string(), z.string().nullable(), z.array(z.string())]).nullable();

const followedReply = z.tuple([z.string(), z.array(z.string())]).nullable();

/** What the commit and the purge answer. */
export const commitReply = z.enum(['committed', 'lease-lost', 'interrupted', 'state-changed']);

export function readLoaded(reply: unknown): LoadedConversation {
  const [state, leaseToken, use, record, holder, newestFirst, cardTurn] = loadReply.parse(reply);
  return {
    leaseToken,
    holder: holder === null ? null : readHolder(holder),
    state: state === null ? null : readState(state),
    usedTurnId: use === null ? null : readUse(use, record),
    lastTurns: newestFirst.map(readRecord).reverse(),
    cardTurn: cardTurn === null ? null : readRecord(cardTurn),
  };
}

export function readConversation(reply: unknown): ReadConversation | null {
  const found = readReply.parse(reply);
  if (found === null) return null;
  const [state, lastTurn, newestFirst] = found;
  return {
    state: readState(state),
    lastTurn: lastTurn === null ? null : readRecord(lastTurn),
    turns: newestFirst.map(readRecord).reverse(),
  };
}

export function readFollowed(reply: unknown): FollowedConversation | null {
  const found = followedReply.parse(reply);
  if (found === null) return null;
  const [state, oldestFirst] = found;
  return { state: readState(state), turns: oldestFirst.map(readRecord) };
}

function readHolder([place, heldForMs, stale]: [string, number, '0' | '1']): Holder {
  return { turnId: turnIdOfPlace(place), heldForMs, isAgentStale: stale === '1' };
}
