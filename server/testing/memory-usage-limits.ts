import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import type { ConversationCount } from '../orchestrator/ports/conversation-count.ts';
import type {
  Admission,
  AdmissionTicket,
  LimitReached,
  LimitSettings,
  Place,
  UsageLimits,
} from '../orchestrator/ports/usage-limits.ts';
import { placeLimits } from '../orchestrator/ports/usage-limits.ts';
import type { MemoryWorld } from './memory-world.ts';

const minuteMs = 60_000;
/** As long as an opening may take. */
const reservedMs = 130_000;

const admitted: Admission = { refusal: null, openingRefusal: null, countsAsStored: false };

/** A limit that is set, with the tickets that it counts. */
interface Count {
  readonly of: LimitReached['of'];
  readonly most: number;
  /** Times of admission, oldest first. */
  readonly counted: Map<string, number>;
}

/** Counts in this process's memory, for contract tests (I6). */
export class MemoryUsageLimits implements UsageLimits, ConversationCount {
  readonly #world: MemoryWorld;
  readonly #limits: LimitSettings;
  /** Places of conversations that turns may be opening, by their names. */
  readonly #reserved = new Map<string, { readonly key: ConversationKey; readonly expiresAt: number }>();
  readonly #places = new Map<string, { readonly place: Place; readonly until: number }>();
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(world: MemoryWorld, limits: LimitSettings) {
    this.#world = world;
    this.#limits = limits;
  }

  async admitTurn({ key, id }: AdmissionTicket): Promise<Admission> {
    this.#requireUp();
    const tooMuch = this.#bytesRefusal(key);
    if (tooMuch !== null) return Promise.resolve({ ...admitted, refusal: tooMuch });
    const now = this.#world.clock.now();
    const counts = this.#countsOf(key);
    const full = counts.flatMap((count) => {
      const retryAfterMs = waitForRoom(count, id, now);
      return retryAfterMs === 0
        ? []
        : [{ resource: 'turns' as const, of: count.of, most: count.most, retryAfterMs }];
    });
    const [refusal = null] = full.sort((one, other) => other.retryAfterMs - one.retryAfterMs);
    if (refusal !== null) return Promise.resolve({ ...admitted, refusal });
    for (const { counted } of counts) if (!counted.has(id)) counted.set(id, now);
    return Promise.resolve({ ...admitted, openingRefusal: this.#reservePlace(key) });
  }

  takeBack({ key, id }: AdmissionTicket): void {
    for (const { counted } of this.#countsOf(key)) counted.delete(id);
  }

  async takePlace(place: Place): Promise<LimitReached | null> {
    this.#requireUp();
    const { key, resource } = place;
    const now = this.#world.clock.now();
    for (const [id, { until }] of this.#places) if (until <= now) this.#places.delete(id);
    const ofTenant = [...this.#places.values()].filter(
      (held) => held.place.resource === resource && held.place.key.tenant === key.tenant,
    );
    const ofUser = ofTenant.filter((held) => held.place.key.user === key.user);
    const most = placeLimits(this.#limits, resource);
    const full = [
      { of: 'user' as const, most: most.ofUser, held: ofUser },
      { of: 'tenant' as const, most: most.ofTenant, held: ofTenant },
    ].find((limit) => limit.most !== null && limit.held.length >= limit.most);
    if (typeof full?.most !== 'number') {
      this.renewPlace(place);
      return Promise.resolve(null);
    }
    return Promise.resolve({ resource, of: full.of, most: full.most, retryAfterMs: 1_000 });
  }

  renewPlace(place: Place): void {
    this.#places.set(place.id, { place, until: this.#world.clock.now() + place.lifeMs });
  }

  leavePlace({ id }: Place): void {
    this.#places.delete(id);
  }

  #requireUp(): void {
    if (!this.#world.isDown) return;
    throw new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.');
  }

  noteUsed(): void {
    // The world knows it already.
  }

  noteCommitted(key: ConversationKey): void {
    this.#reserved.delete(nameOf(key));
  }

  notePurged(): void {
    // The world knows it already, and a turn that opens it again may have reserved its place.
  }

  /** Returns the limit of bytes that has no room left. */
  #bytesRefusal(key: ConversationKey): LimitReached | null {
    const { userStoredBytes, tenantStoredBytes } = this.#limits;
    const ofTenant = this.#world.stored().filter((stored) => stored.key.tenant === key.tenant);
    const ofUser = ofTenant.filter((stored) => stored.key.user === key.user);
    const full = [
      { of: 'user' as const, most: userStoredBytes, stored: ofUser },
      { of: 'tenant' as const, most: tenantStoredBytes, stored: ofTenant },
    ].flatMap(({ of, most, stored }) => {
      const sum = stored.reduce((bytes, conversation) => bytes + conversation.bytes, 0);
      if (most === null || sum < most) return [];
      const retryAfterMs = Math.min(...stored.map(({ expiresAt }) => expiresAt)) - this.#world.clock.now();
      return [{ resource: 'storedBytes' as const, of, most, retryAfterMs }];
    });
    return full.sort((one, other) => other.retryAfterMs - one.retryAfterMs)[0] ?? null;
  }

  /** Reserves a place for a conversation that has none; returns the limit where there is none left. */
  #reservePlace(key: ConversationKey): LimitReached | null {
    const now = this.#world.clock.now();
    const taken = new Map<string, { readonly key: ConversationKey; readonly expiresAt: number }>(
      this.#reserved,
    );
    for (const [name, place] of taken) if (place.expiresAt <= now) this.#reserved.delete(name);
    for (const stored of this.#world.stored()) taken.set(nameOf(stored.key), stored);
    if (taken.has(nameOf(key))) return null;
    const { userConversations, tenantConversations } = this.#limits;
    const ofTenant = [...taken.values()].filter((place) => place.key.tenant === key.tenant);
    const ofUser = ofTenant.filter((place) => place.key.user === key.user);
    const full = [
      { of: 'user' as const, most: userConversations, places: ofUser },
      { of: 'tenant' as const, most: tenantConversations, places: ofTenant },
    ].find(({ most, places }) => most !== null && places.length >= most);
    if (typeof full?.most !== 'number') {
      this.#reserved.set(nameOf(key), { key, expiresAt: now + reservedMs });
      return null;
    }
    const { of, most, places } = full;
    const retryAfterMs = Math.min(...places.map(({ expiresAt }) => expiresAt)) - now;
    return { resource: 'conversations', of, most, retryAfterMs };
  }

  #countsOf({ tenant, user }: Identity): Count[] {
    const { userTurnsPerMinute, tenantTurnsPerMinute } = this.#limits;
    const counts: Count[] = [];
    if (userTurnsPerMinute !== null)
      counts.push({ of: 'user', most: userTurnsPerMinute, counted: this.#counted([tenant, user]) });
    if (tenantTurnsPerMinute !== null)
      counts.push({ of: 'tenant', most: tenantTurnsPerMinute, counted: this.#counted([tenant]) });
    return counts;
  }

  #counted(whose: readonly string[]): Map<string, number> {
    const name = JSON.stringify(whose);
    const counted = this.#counts.get(name) ?? new Map<string, number>();
    this.#counts.set(name, counted);
    return counted;
  }
}

/** Returns the time after which a ticket has room, in milliseconds; 0: it has room now, or is counted. */
function waitForRoom({ counted, most }: Count, id: string, now: number): number {
  for (const [ticket, at] of counted) if (at <= now - minuteMs) counted.delete(ticket);
  const surplus = counted.size - most;
  if (surplus < 0 || counted.has(id)) return 0;
  return ([...counted.values()][surplus] ?? now) + minuteMs - now;
}

function nameOf({ tenant, user, conversationId }: ConversationKey): string {
  return JSON.stringify([tenant, user, conversationId]);
}
