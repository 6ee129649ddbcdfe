import { TurnkeeperError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type {
  Admission,
  AdmissionTicket,
  LimitReached,
  LimitSettings,
  UsageLimits,
} from '../orchestrator/ports/usage-limits.ts';
import type { MemoryWorld } from './memory-world.ts';

const minuteMs = 60_000;

/** A limit that is set, with the tickets that it counts. */
interface Count {
  readonly of: LimitReached['of'];
  readonly most: number;
  /** Times of admission, oldest first. */
  readonly counted: Map<string, number>;
}

/** Counts in this process's memory, for contract tests (I6). */
export class MemoryUsageLimits implements UsageLimits {
  readonly #world: MemoryWorld;
  readonly #limits: LimitSettings;
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(world: MemoryWorld, limits: LimitSettings) {
    this.#world = world;
    this.#limits = limits;
  }

  async admitTurn({ key, id }: AdmissionTicket): Promise<Admission> {
    if (this.#world.isDown) {
      throw new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.');
    }
    const now = this.#world.clock.now();
    const counts = this.#countsOf(key);
    const full = counts.flatMap((count) => {
      const retryAfterMs = waitForRoom(count, id, now);
      return retryAfterMs === 0
        ? []
        : [{ resource: 'turns' as const, of: count.of, most: count.most, retryAfterMs }];
    });
    const [refusal = null] = full.sort((one, other) => other.retryAfterMs - one.retryAfterMs);
    if (refusal === null) for (const { counted } of counts) if (!counted.has(id)) counted.set(id, now);
    return Promise.resolve({ refusal });
  }

  takeBack({ key, id }: AdmissionTicket): void {
    for (const { counted } of this.#countsOf(key)) counted.delete(id);
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
