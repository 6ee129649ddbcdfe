import { z } from 'zod';
import type { ConversationKey, Identity } from '../../domain/identity.ts';
import { limits } from '../../domain/limits.ts';
import type { ConversationState } from '../../domain/state.ts';
import { ConversationUnreadable } from '../../domain/stored-conversation.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type {
  ConversationsPage,
  ListPosition,
  ListedConversations,
} from '../../orchestrator/ports/workflow-state-store.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import { ActivityNotes, listedForMs } from './activity-notes.ts';
import type { Activity, NoteMode } from './activity-notes.ts';
import { readState } from './stored-json.ts';

interface ListOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly ttlSeconds: number;
  /** A conversation without a state is taken out of the list so long after its last activity, in milliseconds. */
  readonly openingMaxMs: number;
  readonly clock: Clock;
}

/**
 * A conversation's standing in its user's list. `assumed`: this server has listed it lately, and did not look.
 * `unknown`: the list could not be written.
 */
export type Listing = 'listed' | 'unlisted' | 'assumed' | 'unknown';

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
 * are old enough. A call that opens nothing takes its entry out itself, unless its server dies.
 */
export class RedisConversationList {
  readonly #options: ListOptions;
  readonly #notes: ActivityNotes;

  constructor(options: ListOptions) {
    this.#options = options;
    const { keys, clock } = options;
    this.#notes = new ActivityNotes({
      keys,
      clock,
      write: (listKey, activities, mode) => this.#write(listKey, activities, mode),
    });
  }

  /**
   * Notes that a call works on a conversation. One that this server has listed lately is taken for listed; otherwise
   * the list is written now. For a call that opens one this must succeed, or nobody would find the conversation.
   */
  async note(key: ConversationKey, { opens }: { readonly opens: boolean }): Promise<Listing> {
    if (this.#notes.isListed(key)) {
      this.#notes.active(key, 'refresh');
      return 'assumed';
    }
    if (opens) return this.add(key);
    try {
      return await this.#touch(key, 'refresh');
    } catch {
      // The call goes on without the list. On a replica this alone shows the connection that it leads to one
      // (followSuccessor): the scripts that read catch a refused write.
      return 'unknown';
    }
  }

  /** Lists a conversation as active now. */
  async add(key: ConversationKey): Promise<Listing> {
    return this.#touch(key, 'add');
  }

  /** Notes that a conversation which was worked on is there: the list is repaired shortly if it has lost it. */
  found(key: ConversationKey, listing: Listing): void {
    if (listing === 'assumed' || listing === 'unlisted') this.#notes.active(key, 'add');
  }

  /** Notes that a call has committed to a conversation, which it had listed before. */
  committed(key: ConversationKey): void {
    this.#notes.active(key, 'refresh');
  }

  /** Notes nothing from now on: the connection is about to close. */
  close(): void {
    this.#notes.close();
  }

  /**
   * Takes out a conversation that is not there. Another call may have listed and opened it again in between; its lease or its state
   * shows that, and the conversation is listed again.
   */
  async remove(key: ConversationKey): Promise<void> {
    const { redis, keys } = this.#options;
    const { lock, state } = keys.conversation(key);
    this.#notes.forget(key);
    await redis.zrem(keys.conversations(key), key.conversationId);
    if ((await redis.exists(lock, state)) > 0) await this.add(key);
  }

  /**
   * Takes out a conversation that a call has listed and did not open. Nobody waits for it, and it never throws: a reader
   * of the list takes out what is left. Without this, calls that are refused would fill the list for nothing.
   */
  abandoned(key: ConversationKey): void {
    this.#removeUnlessThere(key).catch(() => undefined);
  }

  /** One that another call has opened, or is opening, must not be missing from the list for a moment. */
  async #removeUnlessThere(key: ConversationKey): Promise<void> {
    const { redis, keys } = this.#options;
    const { lock, state } = keys.conversation(key);
    if ((await redis.exists(lock, state)) === 0) await this.remove(key);
  }

  /**
   * Reads a page. A page ends early where the states are large together; the next one goes on from there.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  async read(identity: Identity, page: ConversationsPage): Promise<ListedConversations> {
    await this.#notes.flush(identity);
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

  async #touch(key: ConversationKey, mode: NoteMode): Promise<Listing> {
    const listKey = this.#options.keys.conversations(key);
    const activity = { conversationId: key.conversationId, ageMs: 0 };
    const isListed = await this.#write(listKey, [activity], mode);
    if (isListed) this.#notes.listed(key);
    return isListed ? 'listed' : 'unlisted';
  }

  async #write(listKey: string, activities: readonly Activity[], mode: NoteMode): Promise<boolean> {
    const { redis, ttlSeconds, openingMaxMs } = this.#options;
    const life = String(ttlSeconds + listedForMs / 1000);
    const reply = await redis.touchConversationList(
      listKey,
      life,
      String(openingMaxMs),
      mode,
      ...activities.flatMap(({ conversationId, ageMs }) => [conversationId, String(ageMs)]),
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
