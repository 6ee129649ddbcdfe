import { z } from 'zod';
import type { ConversationKey } from '../../domain/identity.ts';
import { ConversationUnreadable, readStoredTurn } from '../../domain/stored-conversation.ts';
import type { StoredTurn } from '../../domain/stored-conversation.ts';
import type { TurnRecord } from '../../domain/result.ts';
import type {
  FollowedConversation,
  Holder,
  LoadedConversation,
  ReadConversation,
} from '../../orchestrator/ports/workflow-state-store.ts';
import { turnIdOfPlace } from '../conversation-keys.ts';
import { readState, readUse } from './stored-json.ts';

/** A log entry as the scripts hand it over: JSON and format, which an entry of version a1ce3d2 does not have. */
const turn = z
  .tuple([z.string(), z.string()])
  .transform(([text, format]): StoredTurn => ({ text, format: format === '' ? null : Number(format) }));

/**
 * Whether the script has set the conversation back to its full life. `unproven`: it could not tell whether this server can read
 * it, so that is done once it is read. `refused`: this Redis takes no writes. `kept`: only the state was asked for.
 */
const slidSchema = z.enum(['slid', 'unproven', 'refused', 'kept']);
type Slid = z.infer<typeof slidSchema>;

// ioredis hands Lua's `false` over as null.
const loadReply = z.tuple([
  z.string().nullable(),
  z.string().nullable(),
  z.string().nullable(),
  turn.nullable(),
  z.tuple([z.string(), z.number(), z.enum(['0', '1'])]).nullable(),
  z.array(turn),
  turn.nullable(),
  z.enum(['slid', 'unproven', 'foreign']),
]);
const foreign = z.tuple([z.literal('foreign')]);
const readReply = z
  .tuple([slidSchema, z.string(), turn.nullable(), z.array(turn), z.number()])
  .or(foreign)
  .nullable();
const followedReply = z
  .tuple([slidSchema, z.string(), z.array(turn), z.number()])
  .or(foreign)
  .nullable();

/** What the commit and the purge answer. */
export const commitReply = z.enum(['committed', 'lease-lost', 'interrupted', 'state-changed']);

/** What the sliding of what was read answers. */
export const slideReply = z.enum(['slid', 'refused']);

interface Loaded {
  readonly found: LoadedConversation;
  /** Whether it is still to be set back to its full life: the script could not tell that it can be read, and it can. */
  readonly mustSlide: boolean;
}

/** What was read, whether it has been set back to its full life, and how long it lives if it was not, in milliseconds. */
export interface Reading<Found> {
  readonly found: Found;
  readonly slid: Slid;
  readonly lifeMs: number;
}

/** A load never throws for what it can't read: whoever holds the lease may still purge it. */
export function readLoaded(key: ConversationKey, reply: unknown): Loaded {
  const [state, leaseToken, use, done, holder, newestFirst, cardTurn, slid] = loadReply.parse(reply);
  const held = { leaseToken, holder: holder === null ? null : readHolder(holder) };
  const nothingRead = { ...held, state: null, usedTurnId: null, lastTurns: [], cardTurn: null };
  if (slid === 'foreign') {
    const unreadable = new ConversationUnreadable(key, 'damaged');
    return { found: { ...nothingRead, unreadable }, mustSlide: false };
  }
  try {
    const found: LoadedConversation = {
      ...held,
      state: state === null ? null : readState(key, state),
      usedTurnId: use === null ? null : readUsed(key, use, done),
      // Only the agent is told of these: it does without one that can't be read.
      lastTurns: newestFirst.flatMap((entry) => readable(key, entry)).reverse(),
      cardTurn: cardTurn === null ? null : readStoredTurn(key, cardTurn),
    };
    return { found, mustSlide: slid === 'unproven' };
  } catch (error) {
    if (!(error instanceof ConversationUnreadable)) throw error;
    return { found: { ...nothingRead, unreadable: error }, mustSlide: false };
  }
}

/** @throws ConversationUnreadable */
export function readConversation(key: ConversationKey, reply: unknown): Reading<ReadConversation> | null {
  const found = readReply.parse(reply);
  if (found === null) return null;
  if (found.length === 1) throw new ConversationUnreadable(key, 'damaged');
  const [slid, state, last, newestFirst, lifeMs] = found;
  const turns = newestFirst.map((entry) => readStoredTurn(key, entry)).reverse();
  return {
    slid,
    lifeMs,
    found: {
      state: readState(key, state),
      lastTurn: last === null ? (turns.at(-1) ?? null) : readStoredTurn(key, last),
      turns,
    },
  };
}

/** @throws ConversationUnreadable */
export function readFollowed(key: ConversationKey, reply: unknown): Reading<FollowedConversation> | null {
  const found = followedReply.parse(reply);
  if (found === null) return null;
  if (found.length === 1) throw new ConversationUnreadable(key, 'damaged');
  const [slid, state, oldestFirst, lifeMs] = found;
  return {
    slid,
    lifeMs,
    found: {
      state: readState(key, state),
      turns: oldestFirst.map((entry) => readStoredTurn(key, entry)),
    },
  };
}

function readUsed(key: ConversationKey, use: string, done: StoredTurn | null) {
  const used = readUse(use);
  if (used === null) throw new ConversationUnreadable(key, 'damaged');
  return { ...used, record: done === null ? null : readStoredTurn(key, done) };
}

function readable(key: ConversationKey, entry: StoredTurn): TurnRecord[] {
  try {
    return [readStoredTurn(key, entry)];
  } catch {
    return [];
  }
}

function readHolder([place, heldForMs, stale]: [string, number, '0' | '1']): Holder {
  return { turnId: turnIdOfPlace(place), heldForMs, isAgentStale: stale === '1' };
}
