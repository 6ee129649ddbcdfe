import type { ConversationKey, Identity } from '../domain/identity.ts';

/** Where the parts of one conversation are kept. They share a hash tag, so one script can touch all on a cluster. */
export interface ConversationKeys {
  readonly state: string;
  readonly lock: string;
  readonly log: string;
  readonly turns: string;
  readonly holder: string;
  readonly waiting: string;
  /** The channel on which those who wait for the lease are called; no key, but in the keys' slot. */
  readonly events: string;
  /** The channel on which those who watch are told what happens; no key either. */
  readonly feed: string;
}

/**
 * Builds every Redis key there is. Parts are percent-encoded before they are joined: without that `a:b` + `c` and
 * `a` + `b:c` would share a key, and a brace in an id would move the hash tag (I8).
 */
export class KeyBuilder {
  readonly #prefix: string;
  /** Channels are the same in all databases of a Redis: those of another one than 0 carry its number. */
  readonly #ofDatabase: string;

  constructor(prefix: string, db = 0) {
    this.#prefix = prefix;
    this.#ofDatabase = db === 0 ? '' : `@${db}`;
  }

  conversation(key: ConversationKey): ConversationKeys {
    const base = this.#base(key);
    return {
      state: `${base}:state`,
      lock: `${base}:lock`,
      log: `${base}:log`,
      turns: `${base}:turns`,
      holder: `${base}:holder`,
      waiting: `${base}:waiting`,
      events: `${base}:events${this.#ofDatabase}`,
      feed: `${base}:feed${this.#ofDatabase}`,
    };
  }

  conversations({ tenant, user }: Identity): string {
    return `${this.#prefix}:{${[tenant, user].map(encodePart).join(':')}}:conversations`;
  }

  /** The mark that a lease was interrupted. */
  interrupted(key: ConversationKey, leaseToken: string): string {
    return `${this.#base(key)}:interrupted:${leaseToken}`;
  }

  /** What a caller is known by in line and as the holder. It passes for a key, to be in the slot; nothing is kept there. */
  place(key: ConversationKey, { turnId, id }: PlaceParts): string {
    return `${this.#base(key)}:place:${turnId ?? ''}:${id}`;
  }

  /** What is written to find out whether writes are taken; it holds nothing. */
  get probe(): string {
    return `${this.#prefix}:probe`;
  }

  /** The channel on which servers are told of leases that were interrupted. */
  get interrupts(): string {
    return `${this.#prefix}:interrupts${this.#ofDatabase}`;
  }

  #base({ tenant, user, conversationId }: ConversationKey): string {
    return `${this.#prefix}:{${[tenant, user, conversationId].map(encodePart).join(':')}}`;
  }
}

interface PlaceParts {
  readonly turnId: string | null;
  readonly id: string;
}

/** The turn id in a place's name; neither a turn id nor what is behind it holds a colon. */
export function turnIdOfPlace(place: string): string | null {
  const turnId = /:place:([^:]*):[^:]*$/.exec(place)?.[1] ?? '';
  return turnId === '' ? null : turnId;
}

/** Leaves neither a colon, a brace nor a bare percent sign; two parts are never encoded alike. */
function encodePart(part: string): string {
  return encodeURIComponent(part);
}
