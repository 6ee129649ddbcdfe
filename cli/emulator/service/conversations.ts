import { randomUUID } from 'node:crypto';

/** A conversation as the service keeps it: every activity of its agent, for subscribers. */
export class EmulatedConversation {
  readonly id = randomUUID();
  readonly said: object[] = [];
  readonly #listeners = new Set<() => void>();

  /** Adds the usual properties that an activity of this conversation lacks. */
  stamp(activity: object, claimedId: string | null): object {
    return {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      channelId: 'pva-studio',
      from: { id: 'emulated-agent', name: 'Emulated agent', role: 'bot' },
      ...(claimedId === null ? {} : { conversation: { id: claimedId } }),
      ...activity,
    };
  }

  say(activity: object): void {
    this.said.push(activity);
    for (const listener of this.#listeners) listener();
  }

  /** Calls back for each new activity; the returned function unsubscribes. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export class Conversations {
  readonly #byId = new Map<string, EmulatedConversation>();

  find(id: string): EmulatedConversation | null {
    return this.#byId.get(id) ?? null;
  }

  /** An unknown id begins a new conversation under a new id, without an error: the real service does the same. */
  findOrBegin(id: string | null): EmulatedConversation {
    const known = id === null ? null : this.find(id);
    if (known !== null) return known;
    const begun = new EmulatedConversation();
    this.#byId.set(begun.id, begun);
    return begun;
  }
}
