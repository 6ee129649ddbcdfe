import { randomUUID } from 'node:crypto';

/** A conversation as the service keeps it: everything its agent said, for those who subscribe. */
export class Conversation {
  readonly id = randomUUID();
  readonly said: object[] = [];
  readonly #listeners = new Set<() => void>();

  /** Makes an activity one of this conversation's: what it lacks of the usual is added, what it has stays. */
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

  /** Calls back whenever more has been said; returns what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export class Conversations {
  readonly #byId = new Map<string, Conversation>();

  find(id: string): Conversation | null {
    return this.#byId.get(id) ?? null;
  }

  /** An id that the service does not know silently begins a new conversation, under an id of its own. */
  findOrBegin(id: string | null): Conversation {
    const known = id === null ? null : this.find(id);
    if (known !== null) return known;
    const begun = new Conversation();
    this.#byId.set(begun.id, begun);
    return begun;
  }
}
