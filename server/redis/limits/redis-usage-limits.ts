import { z } from 'zod';
import type {
  Admission,
  AdmissionTicket,
  LimitReached,
  LimitSettings,
  UsageLimits,
} from '../../orchestrator/ports/usage-limits.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../conversation-keys.ts';

interface UsageLimitsOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly limits: LimitSettings;
}

/**
 * Counts in Redis, by Redis's clock.
 *
 * A count is a sorted set of tickets by time, so it names who is counted, and what has passed leaves it by itself: nothing
 * has to be counted down by a server that may have died, and a ticket that is sent twice is counted once
 * (docs/decisions/0077).
 */
export class RedisUsageLimits implements UsageLimits {
  readonly #redis: RedisConnection;
  readonly #keys: KeyBuilder;
  readonly #limits: LimitSettings;

  constructor({ redis, keys, limits }: UsageLimitsOptions) {
    this.#redis = redis;
    this.#keys = keys;
    this.#limits = limits;
  }

  async admitTurn({ key, id }: AdmissionTicket): Promise<Admission> {
    const { turnsOfUser, turnsOfTenant } = this.#keys.usage(key);
    const { userTurnsPerMinute, tenantTurnsPerMinute } = this.#limits;
    const reply = await available(
      this.#redis.admitTurn(
        turnsOfUser,
        turnsOfTenant,
        id,
        limitArgument(userTurnsPerMinute),
        limitArgument(tenantTurnsPerMinute),
      ),
    );
    return { refusal: this.#refusalIn(admitReply.parse(reply)) };
  }

  takeBack({ key, id }: AdmissionTicket): void {
    const { turnsOfUser, turnsOfTenant } = this.#keys.usage(key);
    const { userTurnsPerMinute, tenantTurnsPerMinute } = this.#limits;
    if (userTurnsPerMinute !== null) this.#redis.zrem(turnsOfUser, id).catch(() => undefined);
    if (tenantTurnsPerMinute !== null) this.#redis.zrem(turnsOfTenant, id).catch(() => undefined);
  }

  #refusalIn(reply: z.infer<typeof admitReply>): LimitReached | null {
    if (reply[0] === 'admitted') return null;
    const [, of, retryAfterMs] = reply;
    const { userTurnsPerMinute, tenantTurnsPerMinute } = this.#limits;
    const most = (of === 'user' ? userTurnsPerMinute : tenantTurnsPerMinute) ?? 0;
    return { resource: 'turns', of, most, retryAfterMs };
  }
}

const admitReply = z.union([
  z.tuple([z.literal('admitted')]),
  z.tuple([z.literal('refused'), z.enum(['user', 'tenant']), z.number()]),
]);

/** No limit is written as ''. */
function limitArgument(most: number | null): string {
  return most === null ? '' : String(most);
}
