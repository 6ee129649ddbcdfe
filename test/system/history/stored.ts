import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import { keysUnder } from '../../support/raw-redis.ts';
import { readStoredLog } from '../../support/stored-log.ts';
import { nameOf } from './actors.ts';

const recordSchema = z.looseObject({
  turnId: z.string(),
  messages: z.array(
    z.looseObject({
      role: z.string(),
      text: z.string().optional(),
      data: z.record(z.string(), z.json()).optional(),
    }),
  ),
  workflowState: z.looseObject({
    status: z.string(),
    turnCount: z.number(),
    collected: z.record(z.string(), z.unknown()),
    openedAt: z.number(),
    updatedAt: z.number(),
    expiresAt: z.number(),
  }),
  turn: z.looseObject({
    number: z.number(),
    parse: z.string(),
    undid: z.number().optional(),
    collected: z.record(z.string(), z.unknown()),
  }),
});

const stateSchema = z.looseObject({
  revision: z.number(),
  status: z.string(),
  turnCount: z.number(),
  collected: z.record(z.string(), z.unknown()),
});

export interface LogEntry {
  /** The id in the stream, such as `3-0`. */
  readonly id: string;
  readonly record: z.infer<typeof recordSchema>;
}

/** The contents of Redis for one conversation, read without the servers. */
export interface StoredConversation {
  readonly key: ConversationKey;
  readonly state: z.infer<typeof stateSchema> | null;
  /** The entries that can be told, oldest first. */
  readonly log: readonly LogEntry[];
  /** The number of the first of them: turns before it have left the transcript. */
  readonly first: number;
  /** The number of each turn, by turn id. */
  readonly turnIds: ReadonlyMap<string, number>;
  /** All of it as text, to search for what must not be there. */
  readonly text: string;
}

export interface Stored {
  readonly conversations: ReadonlyMap<string, StoredConversation>;
  /** Keys that never expire. */
  readonly immortalKeys: readonly string[];
}

/** Reads everything under a prefix. */
export async function readStored(redis: Redis, prefix: string): Promise<Stored> {
  const keys = await keysUnder(redis, prefix);
  const bases = new Set(keys.map((key) => /^[^{]*\{[^}]*\}/.exec(key)?.[0] ?? key));
  const conversations = new Map<string, StoredConversation>();
  for (const base of bases) {
    const key = conversationKey(base);
    if (key !== null) conversations.set(nameOf(key), await readConversation(redis, base, key));
  }
  return { conversations, immortalKeys: await immortalAmong(redis, keys) };
}

/** Returns those of the given keys that never expire. */
export async function immortalAmong(redis: Redis, keys: readonly string[]): Promise<string[]> {
  const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
  return keys.filter((_key, index) => lives[index] === -1);
}

/** Returns `null` for a key that belongs to a user rather than to one conversation. */
function conversationKey(base: string): ConversationKey | null {
  const parts = base.slice(base.indexOf('{') + 1, -1).split(':');
  const [tenant, user, conversationId] = parts.map((part) => decodeURIComponent(part));
  if (tenant === undefined || user === undefined || conversationId === undefined) return null;
  return { tenant, user, conversationId };
}

async function readConversation(
  redis: Redis,
  base: string,
  key: ConversationKey,
): Promise<StoredConversation> {
  const state = await redis.get(`${base}:state`);
  const { entries, records } = await readStoredLog(redis, `${base}:log`, key);
  const told = entries.slice(entries.length - records.length);
  const turns = await redis.hgetall(`${base}:turns`);
  return {
    key,
    state: state === null ? null : stateSchema.parse(JSON.parse(state)),
    log: told.map(([id], index) => ({ id, record: recordSchema.parse(records[index]) })),
    first: records[0]?.turn.number ?? 1,
    turnIds: new Map(Object.entries(turns).map(([turnId, use]) => [turnId, Number.parseInt(use, 10)])),
    text: JSON.stringify([state, entries, turns]),
  };
}
