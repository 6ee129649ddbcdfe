import type { ConversationsPage, ListPosition } from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';

interface ListQuery {
  readonly listKey: string;
  readonly stateKey: (conversationId: string) => string;
  readonly page: ConversationsPage;
  /** Conversations without a state that were last active before this are taken out of the list. */
  readonly unlistBefore: number;
}

/** A conversation that is listed and stored, its state still as text. */
interface Listed {
  readonly entry: ListPosition;
  readonly state: string;
}

interface ListedPage {
  readonly conversations: readonly { readonly conversationId: string; readonly state: string }[];
  readonly next: ListPosition | null;
}

// Each batch is two round trips; a list of nothing but leftovers must not keep one call busy for ever.
const mostBatches = 10;

/**
 * Reads a page of a user's list. The list is written before the commit, so it may name conversations that were never
 * opened, and it outlives those that expired: both are passed over, and taken out once they are old enough.
 */
export async function listConversations(redis: RedisConnection, query: ListQuery): Promise<ListedPage> {
  const { limit, after = null } = query.page;
  // One more than the page holds tells whether there is a next one.
  const wanted = limit + 1;
  const found: Listed[] = [];
  let reached: ListPosition | null = after;
  for (let batch = 0; batch < mostBatches && found.length < wanted; batch += 1) {
    const entries: ListPosition[] = await entriesAfter(redis, query.listKey, {
      after: reached,
      limit: wanted,
    });
    const states = await Promise.all(
      entries.map(({ conversationId }) => redis.get(query.stateKey(conversationId))),
    );
    const gone: ListPosition[] = [];
    for (const [index, entry] of entries.entries()) {
      const state = states[index] ?? null;
      if (state === null) gone.push(entry);
      else found.push({ entry, state });
    }
    await unlist(redis, query, gone);
    reached = entries.length < wanted ? null : (entries.at(-1) ?? null);
    if (reached === null) break;
  }
  const page = found.slice(0, limit);
  return {
    conversations: page.map(({ entry, state }) => ({ conversationId: entry.conversationId, state })),
    next: found.length > limit ? (page.at(-1)?.entry ?? null) : reached,
  };
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
    const reply = await redis.zrevrangebyscore(listKey, from, '-inf', 'WITHSCORES', 'LIMIT', offset, limit);
    const found = pairs(reply);
    entries.push(...found.filter((entry) => after === null || isAfter(entry, after)));
    if (found.length < limit) break;
  }
  return entries.slice(0, limit);
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
  { listKey, unlistBefore }: ListQuery,
  gone: ListPosition[],
): Promise<void> {
  const old = gone.filter(({ lastActiveAt }) => lastActiveAt < unlistBefore);
  if (old.length === 0) return;
  const pairsToRemove = old.flatMap((entry) => [entry.conversationId, String(entry.lastActiveAt)]);
  await redis.unlistConversations(listKey, ...pairsToRemove);
}
