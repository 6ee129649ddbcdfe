import type { ConversationKey, Identity } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';

interface ActivityNotesOptions {
  readonly keys: KeyBuilder;
  readonly clock: Clock;
  /** Notes in a list when conversations were active. */
  readonly write: (listKey: string, activities: readonly Activity[], mode: NoteMode) => Promise<unknown>;
}

export interface Activity {
  readonly conversationId: string;
  /** The time since it was active, in milliseconds. */
  readonly ageMs: number;
}

interface Note {
  /** The time of the activity, in milliseconds since the epoch. */
  readonly at: number;
  readonly mode: NoteMode;
}

/** `refresh`: only if it is listed; `add`: also if the list has lost it. */
export type NoteMode = 'refresh' | 'add';

/** Time for which a conversation counts as listed after its entry was written, in ms. */
export const listedForMs = 60_000;

/** Time after which a noted activity is written to the list, in ms. */
const writtenWithinMs = 250;

/** Entries that are remembered as written; beyond that, the oldest are forgotten, which costs a write. */
const mostRemembered = 10_000;

/**
 * This server's notes on its users' lists: the conversations that it has listed lately, and those active since.
 *
 * Listing a conversation that is listed only moves it to the front. So that not every turn pays for that, activities
 * are gathered and written together. A crash loses the last of them: then an entry is older than it should be by no
 * more than `listedForMs`, and lists live longer than conversations by that much, so that none is missed.
 */
export class ActivityNotes {
  readonly #options: ActivityNotesOptions;
  /** Times at which entries were written, oldest first. */
  readonly #listedAt = new Map<string, number>();
  /** The activities to be written, by the key of a user's list and by conversation id. */
  readonly #due = new Map<string, Map<string, Note>>();
  /** The writes on their way, by the key of a user's list. */
  readonly #writing = new Map<string, Promise<void>>();
  /** Cancels the next writing; null while nothing is due. */
  #cancel: (() => void) | null = null;
  #isClosed = false;

  constructor(options: ActivityNotesOptions) {
    this.#options = options;
  }

  /** Returns whether this server has listed the conversation lately. */
  isListed(key: ConversationKey): boolean {
    const listedAt = this.#listedAt.get(this.#nameOf(key));
    if (listedAt === undefined) return false;
    const ageMs = this.#options.clock.now() - listedAt;
    // Negative after the clock was set back: then nobody knows how old the entry is.
    return ageMs >= 0 && ageMs < listedForMs;
  }

  /** Notes that the conversation's entry has just been written. */
  listed(key: ConversationKey): void {
    const name = this.#nameOf(key);
    this.#listedAt.delete(name);
    this.#listedAt.set(name, this.#options.clock.now());
    if (this.#listedAt.size <= mostRemembered) return;
    const [oldest] = this.#listedAt.keys();
    if (oldest !== undefined) this.#listedAt.delete(oldest);
  }

  /** Notes that the conversation is active, which the list will say shortly. */
  active(key: ConversationKey, mode: NoteMode): void {
    const { keys, clock } = this.#options;
    this.#note(keys.conversations(key), key.conversationId, { at: clock.now(), mode });
  }

  /** Forgets a conversation that has been purged. */
  forget(key: ConversationKey): void {
    this.#listedAt.delete(this.#nameOf(key));
    this.#due.get(this.#options.keys.conversations(key))?.delete(key.conversationId);
  }

  /** Writes what is due of one user now, and resolves once all that is noted of that user is written. Never throws. */
  async flush(identity: Identity): Promise<void> {
    await this.#write(this.#options.keys.conversations(identity));
  }

  /** Writes nothing from now on: the connection is about to close. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #note(listKey: string, conversationId: string, { at, mode }: Note): void {
    if (this.#isClosed) return;
    const due = this.#due.get(listKey) ?? new Map<string, Note>();
    const earlier = due.get(conversationId);
    const isLost = mode === 'add' || earlier?.mode === 'add';
    due.set(conversationId, { at: Math.max(at, earlier?.at ?? at), mode: isLost ? 'add' : 'refresh' });
    this.#due.set(listKey, due);
    this.#cancel ??= this.#options.clock.after(writtenWithinMs, () => {
      this.#cancel = null;
      for (const each of this.#due.keys()) void this.#write(each);
    });
  }

  async #write(listKey: string): Promise<void> {
    const noted = this.#due.get(listKey) ?? new Map<string, Note>();
    this.#due.delete(listKey);
    const earlier = this.#writing.get(listKey);
    if (noted.size === 0) return earlier;
    // A reader waits for what is on its way to its own list, too.
    const writing = Promise.all([
      earlier,
      this.#writeAll(listKey, noted, 'refresh'),
      this.#writeAll(listKey, noted, 'add'),
    ]).then(() => {
      if (this.#writing.get(listKey) === writing) this.#writing.delete(listKey);
    });
    this.#writing.set(listKey, writing);
    return writing;
  }

  async #writeAll(listKey: string, noted: ReadonlyMap<string, Note>, mode: NoteMode): Promise<void> {
    const { write, clock } = this.#options;
    const now = clock.now();
    const notes = [...noted].filter(([, note]) => note.mode === mode);
    if (notes.length === 0) return;
    const activities = notes.map(([conversationId, { at }]) => ({
      conversationId,
      ageMs: Math.max(0, now - at),
    }));
    try {
      await write(listKey, activities, mode);
    } catch {
      // A conversation that the list has lost must come back to it. The others are noted with their next activity.
      if (mode === 'add')
        for (const [conversationId, note] of notes) this.#note(listKey, conversationId, note);
    }
  }

  #nameOf(key: ConversationKey): string {
    return this.#options.keys.conversation(key).state;
  }
}
