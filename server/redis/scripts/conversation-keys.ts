import type { ConversationKey, Identity } from '../../domain/identity.ts';

/** The keys of one conversation. They share a hash tag, so that one script can touch them all on a cluster. */
export interface ConversationKeys {
  readonly state: string;
  readonly lock: string;
  readonly log: string;
  readonly turns: string;
  /** The bits of turn ids that have left `turns`. */
  readonly forgotten: string;
  readonly holder: string;
  /** The queue for the lease. */
  readonly waiting: string;
  /** The channel that notifies those in the queue; no key, but in the keys' slot. */
  readonly events: string;
  /** The channel for the watchers of the conversation; no key either. */
  readonly feed: string;
}

/**
 * The keys that count what a user and its tenant use. They share the tenant's hash slot, so that one script can count both
 * or neither.
 */
export interface UsageKeys {
  readonly turnsOfUser: string;
  readonly turnsOfTenant: string;
  readonly conversationsOfUser: string;
  readonly conversationsOfTenant: string;
  /** The sizes of the user's conversations, with their sum. */
  readonly bytesOfUser: string;
  /** When each of these expires. */
  readonly bytesOfUserUntil: string;
  readonly bytesOfTenant: string;
  readonly bytesOfTenantUntil: string;
}

/** The places that a user and its tenant hold. */
export interface PlaceKeys {
  readonly ofUser: string;
  readonly ofTenant: string;
}

interface TicketParts {
  readonly turnId: string | null;
  readonly id: string;
}

/**
 * Builds every Redis key. Parts are percent-encoded before they are joined: without that, `a:b` + `c` and `a` + `b:c` would
 * share a key, and a brace in an id would move the hash tag (I8).
 */
export class KeyBuilder {
  readonly #prefix: string;
  /** All databases of a Redis share its channels, so the channels of a database other than 0 carry its number. */
  readonly #ofDatabase: string;
  /** One call needs its conversation's keys several times, and passes the same key object on. */
  readonly #built = new WeakMap<ConversationKey, ConversationKeys>();
  readonly #builtLists = new WeakMap<Identity, string>();

  constructor(prefix: string, db = 0) {
    this.#prefix = prefix;
    this.#ofDatabase = db === 0 ? '' : `@${db}`;
  }

  conversation(key: ConversationKey): ConversationKeys {
    const built = this.#built.get(key);
    if (built !== undefined) return built;
    const base = this.#base(key);
    const keys: ConversationKeys = {
      state: `${base}:state`,
      lock: `${base}:lock`,
      log: `${base}:log`,
      turns: `${base}:turns`,
      forgotten: `${base}:forgotten`,
      holder: `${base}:holder`,
      waiting: `${base}:waiting`,
      events: `${base}:events${this.#ofDatabase}`,
      feed: `${base}:feed${this.#ofDatabase}`,
    };
    this.#built.set(key, keys);
    return keys;
  }

  /** The list of a user's conversations. */
  conversations(identity: Identity): string {
    const built = this.#builtLists.get(identity);
    if (built !== undefined) return built;
    const { tenant, user } = identity;
    const list = `${this.#prefix}:{${[tenant, user].map(encodePart).join(':')}}:conversations`;
    this.#builtLists.set(identity, list);
    return list;
  }

  /** The counts of a user and its tenant. */
  usage({ tenant, user }: Identity): UsageKeys {
    const base = `${this.#prefix}:{${encodePart(tenant)}}:usage`;
    const name = encodePart(user);
    return {
      turnsOfTenant: `${base}:turns`,
      turnsOfUser: `${base}:turns:${name}`,
      conversationsOfTenant: `${base}:conversations`,
      conversationsOfUser: `${base}:conversations:${name}`,
      bytesOfTenant: `${base}:bytes`,
      bytesOfUser: `${base}:bytes:${name}`,
      bytesOfTenantUntil: `${base}:bytesUntil`,
      bytesOfUserUntil: `${base}:bytesUntil:${name}`,
    };
  }

  /** The places of one kind that a user and its tenant hold, in the same slot. */
  places({ tenant, user }: Identity, kind: string): PlaceKeys {
    const ofTenant = `${this.#prefix}:{${encodePart(tenant)}}:usage:${kind}`;
    return { ofTenant, ofUser: `${ofTenant}:${encodePart(user)}` };
  }

  /** The names by which a conversation is counted for its user, and for its tenant. */
  countedNames({ user, conversationId }: ConversationKey): {
    readonly ofUser: string;
    readonly ofTenant: string;
  } {
    const ofUser = encodePart(conversationId);
    return { ofUser, ofTenant: `${encodePart(user)}:${ofUser}` };
  }

  /** The mark that a lease was interrupted. */
  interrupted(key: ConversationKey, leaseToken: string): string {
    return `${this.#base(key)}:interrupted:${leaseToken}`;
  }

  /**
   * A caller's name in the queue, and as the holder. It is passed to scripts as a key, so that it counts as in the slot;
   * nothing is stored under it. (Running servers of other versions know it as a `place`.)
   */
  ticket(key: ConversationKey, { turnId, id }: TicketParts): string {
    return `${this.#base(key)}:place:${turnId ?? ''}:${id}`;
  }

  /** The key that is written to find out whether writes are taken; it holds nothing. */
  get probe(): string {
    return `${this.#prefix}:probe`;
  }

  /** The channel that tells all servers the tokens of interrupted leases. */
  get interrupts(): string {
    return `${this.#prefix}:interrupts${this.#ofDatabase}`;
  }

  #base({ tenant, user, conversationId }: ConversationKey): string {
    return `${this.#prefix}:{${[tenant, user, conversationId].map(encodePart).join(':')}}`;
  }
}

/** The turn id in a ticket; neither a turn id nor the random id after it holds a colon. */
export function turnIdOfTicket(ticket: string): string | null {
  const turnId = /:place:([^:]*):[^:]*$/.exec(ticket)?.[1] ?? '';
  return turnId === '' ? null : turnId;
}

/** Leaves neither a colon, a brace nor a bare percent sign. Two different parts are never encoded alike. */
function encodePart(part: string): string {
  return encodeURIComponent(part);
}
