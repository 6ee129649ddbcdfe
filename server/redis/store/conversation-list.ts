import { z } from 'zod';
import type { ConversationKey, Identity } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import type { ConversationState } from '../../domain/state.ts';
import { ConversationUnreadable } from '../../domain/stored-conversation.ts';
import type {
  ConversationsPage,
  ListPosition,
  ListedConversations,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../conversation-keys.ts';
import { readState } from './stored-json.ts';

interface ListOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly ttlSeconds: number;
  /** A conversation without a state is taken out of the list so long after its last activity, in milliseconds. */
  readonly openingMaxMs: number;
}

/** A conversation that is listed and stored: its state as text, null where something else is stored under its key. */
interface Listed {
  readonly entry: ListPosition;
  readonly state: string | null;
}

interface ListedPage {
  readonly listed: readonly Listed[];
  readonly next: ListPosition | null;
}

// Each batch is two round trips; a list of nothing but leftovers must not keep one call busy for ever.
const mostBatches = 10;

/**
 * The lists of conversations, one sorted set for each user, by last activity on Redis's clock.
 *
 * A list is a hint, in a hash slot of its own. It is written before the commit, so that it misses no conversation; so it may
 * name conversations that were never opened, and it outlives those that expired. A reader checks each entry against the
 * conversation's state (I8: under the same identity's key), passes over entries without one, and takes out those that
 * are old enough.
 */
export class RedisConversationList {
  readonly #options: ListOptions;

  constructor(options: ListOptions) {
    this.#options = options;
  }

  /** Lists a conversation as active now. A call that opens one must fail where this fails, or nobody would find it. */
  async add(key: ConversationKey): Promise<boolean> {
    return this.#touch(key, 'add');
  }

  /**
   * Notes that a conversation is active now if it is listed, and returns whether it is; null where the list can't be written,
   * because the call goes on without it. Of all that a read sends, this alone fails on a replica, and so shows the connection
   * that it leads to one (followSuccessor): the scripts that read catch a refused write.
   */
  async refresh(key: ConversationKey): Promise<boolean | null> {
    return this.#touch(key, 'refresh').catch(() => null);
  }

  /**
   * Takes out a purged conversation. Another call may have listed and opened it again in between; its lease or its state
   * shows that, and the conversation is listed again.
   */
  async remove(key: ConversationKey): Promise<void> {
    const { redis, keys } = this.#options;
    const { lock, state } = keys.conversation(key);
    await redis.zrem(keys.conversations(key), key.conversationId);
    if ((await redis.exists(lock, state)) > 0) await this.add(key);
  }

  /**
   * Reads a page. A page ends early where the states are large together; the next one goes on from there.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  async read(identity: Identity, page: ConversationsPage): Promise<ListedConversations> {
    const { listed, next } = await available(this.#readPage(identity, page));
    const conversations: { conversationId: string; state: ConversationState }[] = [];
    const unreadable: ConversationUnreadable[] = [];
    for (const { entry, state } of listed) {
      const { conversationId } = entry;
      const key = { ...identity, conversationId };
      try {
        if (state === null) throw new ConversationUnreadable(key, 'damaged');
        conversations.push({ conversationId, state: readState(key, state) });
      } catch (error) {
        if (!(error instanceof ConversationUnreadable)) throw error;
        unreadable.push(error);
      }
    }
    return { conversations, next, ...(unreadable.length === 0 ? {} : { unreadable }) };
  }

  async #touch(key: ConversationKey, mode: 'add' | 'refresh'): Promise<boolean> {
    const { redis, keys, ttlSeconds, openingMaxMs } = this.#options;
    const list = keys.conversations(key);
    const reply = await redis.touchConversationList(
      list,
      key.conversationId,
      String(ttlSeconds),
      String(openingMaxMs),
      mode,
    );
    return reply === 1;
  }

  async #readPage(identity: Identity, page: ConversationsPage): Promise<ListedPage> {
    const { redis, keys } = this.#options;
    const { limit, after = null } = page;
    const listKey = keys.conversations(identity);
    const stateKey = ({ conversationId }: ListPosition): string =>
      keys.conversation({ ...identity, conversationId }).state;
    // One more than the page holds shows whether there is a next page.
    const wanted = limit + 1;
    const found: Listed[] = [];
    let bytes = 0;
    let isFull = false;
    let reached: ListPosition | null = after;
    for (let batch = 0; batch < mostBatches && found.length < wanted && !isFull; batch += 1) {
      const entries: ListPosition[] = await entriesAfter(redis, listKey, { after: reached, limit: wanted });
      const states = await Promise.all(
        entries.map((entry) => readListed(redis, stateKey(entry), limits.listedStateBytes)),
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
        const state = read === 'large' ? await readListed(redis, stateKey(entry), null) : read;
        // The conversation has gone in between.
        if (state === null || state === 'large') continue;
        bytes += Buffer.byteLength(state.text ?? '');
        found.push({ entry, state: state.text });
      }
      await this.#unlist(listKey, gone);
      reached = entries.length < wanted ? null : (entries.at(-1) ?? null);
      if (reached === null) break;
    }
    const listed = found.slice(0, limit);
    const isCut = isFull || found.length > limit;
    return { listed, next: isCut ? (listed.at(-1)?.entry ?? null) : reached };
  }

  async #unlist(listKey: string, gone: readonly ListPosition[]): Promise<void> {
    if (gone.length === 0) return;
    const { redis, openingMaxMs } = this.#options;
    const pairsToRemove = gone.flatMap((entry) => [entry.conversationId, String(entry.lastActiveAt)]);
    // A list that can't be written is read all the same.
    await redis.unlistConversations(listKey, String(openingMaxMs), ...pairsToRemove).catch(() => undefined);
  }
}

/** Null text: something other than a state is stored there. */
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

/** Something other than a list under the list's key makes way with the next turn or read. Until then nothing is listed. */
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
