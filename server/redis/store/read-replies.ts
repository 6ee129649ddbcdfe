import { z } from 'zod';
import type { ConversationKey } from '../../domain/identity.ts';
import type { TranscriptTurn, TurnRecord } from '../../domain/result.ts';
import {
  ConversationUnreadable,
  readTranscriptTurn,
  readTurnRecord,
  readTurnRecords,
} from '../../domain/stored-conversation.ts';
import type { StoredTurn } from '../../domain/stored-conversation.ts';
import type {
  CommittedTurn,
  FollowedConversation,
  Holder,
  LoadedConversation,
  ReadConversation,
} from '../../orchestrator/ports/workflow-state-store.ts';
import { turnIdOfTicket } from '../scripts/conversation-keys.ts';
import { readState, readStateAndLog, readUse } from './stored-json.ts';

/**
 * A log entry as the scripts return it (turn_of in stored-conversation.lua): '' stands for what the entry does not
 * have.
 */
const turn = z
  .tuple([z.string(), z.string(), z.string(), z.string(), z.string()])
  .transform(([text, format, number, whole, turnId]): StoredTurn => ({
    text,
    format: format === '' ? null : Number(format),
    number: Number(number),
    whole: whole === '' ? null : Number(whole),
    turnId: turnId === '' ? null : turnId,
  }));

/**
 * `slid`: the script has set the conversation back to its full life. `unproven`: it could not tell whether this server can
 * read the conversation, so the server slides it once it has read it. `refused`: this Redis takes no writes. `kept`: only the state was
 * asked for.
 */
const slidSchema = z.enum(['slid', 'unproven', 'refused', 'kept']);
type Slid = z.infer<typeof slidSchema>;

// ioredis returns Lua's `false` as null.
const loadReply = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  turn.nullable(),
  z.tuple([z.string(), z.number(), z.enum(['0', '1'])]).nullable(),
  z.array(turn),
  turn.nullable(),
  z.enum(['slid', 'unproven', 'foreign']),
  z.array(turn),
  z.string(),
]);
const foreign = z.tuple([z.literal('foreign')]);
const readReply = z
  .tuple([slidSchema, z.string(), z.string(), turn.nullable(), z.array(turn), z.number()])
  .or(foreign)
  .nullable();
const followedReply = z
  .tuple([slidSchema, z.string(), z.string(), z.array(turn), z.number(), z.array(turn)])
  .or(foreign)
  .nullable();

/** The result of a purge. */
export const purgeReply = z.enum(['committed', 'lease-lost', 'interrupted', 'state-changed']);

/** The result of a commit. */
export const commitReply = z.enum([...purgeReply.options, 'log-broken']);

/** The result of sliding a conversation that the server has read. */
export const slideReply = z.enum(['slid', 'refused']);

interface Loaded {
  readonly found: LoadedConversation;
  /** True if it must still be set back to its full life: it is readable, and the script could not tell. */
  readonly mustSlide: boolean;
}

/** A conversation as it was read, and whether the read slid its expiry. */
export interface ReadReply<Found> {
  readonly found: Found;
  readonly slid: Slid;
  /** Its remaining life, in milliseconds, if it was not set back to its full life. */
  readonly lifeMs: number;
}

const nothingStored: { readonly state: null; readonly log: null } = { state: null, log: null };

/** Never throws for a conversation that can't be read: the lease's holder may still purge it (I12). */
export function readLoaded(key: ConversationKey, reply: unknown): Loaded {
  const [head, leaseToken, use, done, holder, newestFirst, cardTurn, slid, before, rest] =
    loadReply.parse(reply);
  const held = { leaseToken, holder: holder === null ? null : readHolder(holder) };
  const nothingRead = { ...held, state: null, committedTurn: null, lastTurns: [], cardTurn: null };
  if (slid === 'foreign') {
    const unreadable = new ConversationUnreadable(key, 'damaged');
    return { found: { ...nothingRead, unreadable }, mustSlide: false };
  }
  try {
    const isProven = slid === 'slid';
    const { state, log } = head === null ? nothingStored : readStateAndLog(key, head + rest, { isProven });
    const found: LoadedConversation = {
      ...held,
      state,
      committedTurn:
        use === null
          ? null
          : readCommittedTurn(
              key,
              use,
              done === null ? null : () => readTurnRecord(key, done, before, log?.view ?? null),
            ),
      // These are for the agent only, which does without a turn that can't be read.
      lastTurns: newestFirst.flatMap((entry) => readable(key, entry)).reverse(),
      cardTurn: cardTurn === null ? null : readTranscriptTurn(key, cardTurn),
      ...(log === null ? {} : { log }),
    };
    return { found, mustSlide: slid === 'unproven' };
  } catch (error) {
    if (!(error instanceof ConversationUnreadable)) throw error;
    return { found: { ...nothingRead, unreadable: error }, mustSlide: false };
  }
}

/** @throws ConversationUnreadable */
export function readConversation(key: ConversationKey, reply: unknown): ReadReply<ReadConversation> | null {
  const found = readReply.parse(reply);
  if (found === null) return null;
  if (found.length === 1) throw new ConversationUnreadable(key, 'damaged');
  const [slid, head, rest, last, newestFirst, lifeMs] = found;
  const turns = newestFirst.map((entry) => readTranscriptTurn(key, entry)).reverse();
  return {
    slid,
    lifeMs,
    found: {
      state: readState(key, head + rest),
      lastTurn: last === null ? (turns.at(-1) ?? null) : readTranscriptTurn(key, last),
      turns,
    },
  };
}

/** @throws ConversationUnreadable */
export function readFollowed(key: ConversationKey, reply: unknown): ReadReply<FollowedConversation> | null {
  const found = followedReply.parse(reply);
  if (found === null) return null;
  if (found.length === 1) throw new ConversationUnreadable(key, 'damaged');
  const [slid, head, rest, oldestFirst, lifeMs, before] = found;
  const { state, log } = readStateAndLog(key, head + rest);
  const turns = readTurnRecords(key, oldestFirst, before, log?.view ?? null);
  return { slid, lifeMs, found: { state, turns } };
}

function readCommittedTurn(
  key: ConversationKey,
  use: string,
  readRecord: (() => TurnRecord) | null,
): CommittedTurn {
  if (use === 'forgotten') return use;
  const used = readUse(use);
  if (used === null) throw new ConversationUnreadable(key, 'damaged');
  return { ...used, record: readRecord?.() ?? null };
}

function readable(key: ConversationKey, entry: StoredTurn): TranscriptTurn[] {
  try {
    return [readTranscriptTurn(key, entry)];
  } catch {
    return [];
  }
}

function readHolder([ticket, heldForMs, stale]: [string, number, '0' | '1']): Holder {
  return { turnId: turnIdOfTicket(ticket), heldForMs, isAgentStale: stale === '1' };
}
