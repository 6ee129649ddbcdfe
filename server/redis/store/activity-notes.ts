import type { ConversationKey, Identity } from '../../domain/identity.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import type { KeyBuilder } from '../conversation-keys.ts';

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
  /** By the key of a user's list and by conversation id: when it was active, and how that is to be written. */
  #due = new Map<string, Map<string, { readonly at: number; readonly mode: NoteMode }>>();
  #isTimed = false;
  #writing: Promise<void> = Promise.resolve();

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
    const listKey = this.#options.keys.conversations(key);
    const due = this.#due.get(listKey) ?? new Map<string, { at: number; mode: NoteMode }>();
    const isLost = mode === 'add' || due.get(key.conversationId)?.mode === 'add';
    due.set(key.conversationId, { at: this.#options.clock.now(), mode: isLost ? 'add' : 'refresh' });
    this.#due.set(listKey, due);
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#options.clock.after(writtenWithinMs, () => {
      this.#isTimed = false;
      void this.flush();
    });
  }

  /** Forgets a conversation that has been purged. */
  forget(key: ConversationKey): void {
    this.#listedAt.delete(this.#nameOf(key));
    this.#due.get(this.#options.keys.conversations(key))?.delete(key.conversationId);
  }

  /** Writes what is due now; of one user, or of all. Never throws: the next activity is noted again. */
  async flush(identity?: Identity): Promise<void> {
    const { keys, write, clock } = this.#options;
    const now = clock.now();
    const due = this.#due;
    if (identity === undefined) this.#due = new Map();
    const listKeys = identity === undefined ? [...due.keys()] : [keys.conversations(identity)];
    const writes = listKeys.map(async (listKey) => {
      const noted = [...(due.get(listKey) ?? [])];
      due.delete(listKey);
      for (const mode of ['refresh', 'add'] as const) {
        const activities = noted
          .filter(([, each]) => each.mode === mode)
          .map(([conversationId, { at }]) => ({ conversationId, ageMs: Math.max(0, now - at) }));
        if (activities.length > 0) await write(listKey, activities, mode).catch(() => undefined);
      }
    });
    // A reader waits for what is on its way, too.
    this.#writing = Promise.all([this.#writing, ...writes]).then(() => undefined);
    await this.#writing;
  }

  #nameOf(key: ConversationKey): string {
    return this.#options.keys.conversation(key).state;
  }
}
