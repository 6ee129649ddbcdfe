import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import type { ConversationsPage, ListPosition } from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';

interface ListQuery {
  readonly listKey: string;
  readonly stateKey: (conversationId: string) => string;
  readonly page: ConversationsPage;
  /** Conversations without a state that were last active longer ago, in milliseconds, are taken out of the list. */
  readonly openingMaxMs: number;
}

/** A conversation that is listed and stored: its state as text, null where something else is stored under its key. */
interface Listed {
  readonly entry: ListPosition;
  readonly state: string | null;
}

interface ListedPage {
  readonly conversations: readonly { readonly conversationId: string; readonly state: string | null }[];
  readonly next: ListPosition | null;
}

// Each batch is two round trips; a list of nothing but leftovers must not keep one call busy for ever.
const mostBatches = 10;

/**
 * Reads a page of a user's list. The list is written before the commit, so it may name conversations that were never
 * opened, and it outlives those that expired: both are passed over, and taken out once they are old enough.
 *
 * A page ends early where the states are large together; the next one goes on from there.
 */
export async function listConversations(redis: RedisConnection, query: ListQuery): Promise<ListedPage> {
  const { limit, after = null } = query.page;
  // One more than the page holds tells whether there is a next one.
  const wanted = limit + 1;
  const found: Listed[] = [];
  let bytes = 0;
  let isFull = false;
  let reached: ListPosition | null = after;
  for (let batch = 0; batch < mostBatches && found.length < wanted && !isFull; batch += 1) {
    const entries: ListPosition[] = await entriesAfter(redis, query.listKey, {
      after: reached,
      limit: wanted,
    });
    const states = await Promise.all(
      entries.map(({ conversationId }) =>
        readListed(redis, query.stateKey(conversationId), limits.listedStateBytes),
      ),
    );
    const gone: ListPosition[] = [];
    for (const [index, entry] of entries.entries()) {
      const read = states[index] ?? null;
      if (read === null) {
        gone.push(entry);
        continue;
      }
      isFull = found.length > 0 && bytes > limits.listedStatesBytes;
      if (isFull || found.length === wanted) break;
      const state =
        read === 'large' ? await readListed(redis, query.stateKey(entry.conversationId), null) : read;
      // It has gone in between.
      if (state === null || state === 'large') continue;
      bytes += Buffer.byteLength(state.text ?? '');
      found.push({ entry, state: state.text });
    }
    await unlist(redis, query, gone);
    reached = entries.length < wanted ? null : (entries.at(-1) ?? null);
    if (reached === null) break;
  }
  const page = found.slice(0, limit);
  const isCut = isFull || found.length > limit;
  return {
    conversations: page.map(({ entry, state }) => ({ conversationId: entry.conversationId, state })),
    next: isCut ? (page.at(-1)?.entry ?? null) : reached,
  };
}

/** Null text: something is stored there that is no state. */
interface ListedState {
  readonly text: string | null;
}

const listedReply = z
  .union([
    z.tuple([z.literal('state'), z.string()]),
    z.tuple([z.literal('large')]),
    z.tuple([z.literal('foreign')]),
  ])
  .nullable();

async function readListed(
  redis: RedisConnection,
  stateKey: string,
  mostBytes: number | null,
): Promise<ListedState | 'large' | null> {
  const bound = mostBytes === null ? '' : String(mostBytes);
  const reply = listedReply.parse(await redis.readListedState(stateKey, bound));
  if (reply === null) return null;
  switch (reply[0]) {
    case 'state':
      return { text: reply[1] };
    case 'large':
      return 'large';
    case 'foreign':
      return { text: null };
  }
}

/** The list's entries after a position: newest first, and those of the same time by id, highest first. */
async function entriesAfter(
  redis: RedisConnection,
  listKey: string,
  { after, limit }: { after: ListPosition | null; limit: number },
): Promise<ListPosition[]> {
  const from = after === null ? '+inf' : String(after.lastActiveAt);
  const entries: ListPosition[] = [];
  for (let offset = 0; entries.length < limit; offset += limit) {
    const reply = await redis
      .zrevrangebyscore(listKey, from, '-inf', 'WITHSCORES', 'LIMIT', offset, limit)
      .catch(nothingIfForeign);
    const found = pairs(reply);
    entries.push(...found.filter((entry) => after === null || isAfter(entry, after)));
    if (found.length < limit) break;
  }
  return entries.slice(0, limit);
}

/** What is no list, under the list's key, makes way with the next turn or look. Until then nothing is listed. */
function nothingIfForeign(error: unknown): string[] {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return [];
  throw error;
}

function pairs(reply: readonly string[]): ListPosition[] {
  const entries: ListPosition[] = [];
  for (let index = 0; index + 1 < reply.length; index += 2) {
    entries.push({ conversationId: reply[index] ?? '', lastActiveAt: Number(reply[index + 1]) });
  }
  return entries;
}

function isAfter(entry: ListPosition, after: ListPosition): boolean {
  return (
    entry.lastActiveAt < after.lastActiveAt ||
    (entry.lastActiveAt === after.lastActiveAt && entry.conversationId < after.conversationId)
  );
}

async function unlist(
  redis: RedisConnection,
  { listKey, openingMaxMs }: ListQuery,
  gone: readonly ListPosition[],
): Promise<void> {
  if (gone.length === 0) return;
  const pairsToRemove = gone.flatMap((entry) => [entry.conversationId, String(entry.lastActiveAt)]);
  // A hint: where it can't be written, it is read all the same.
  await redis.unlistConversations(listKey, String(openingMaxMs), ...pairsToRemove).catch(() => undefined);
}
