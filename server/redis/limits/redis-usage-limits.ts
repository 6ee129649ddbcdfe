import { z } from 'zod';
import {
  boundsConversations,
  boundsStoredBytes,
  boundsTurns,
  placeLimits,
} from '../../orchestrator/ports/usage-limits.ts';
import type {
  Admission,
  AdmissionTicket,
  LimitReached,
  LimitSettings,
  Place,
  UsageLimits,
} from '../../orchestrator/ports/usage-limits.ts';
import type { RedisConnection } from '../connection/open-redis.ts';
import { available } from '../connection/redis-errors.ts';
import type { KeyBuilder } from '../scripts/conversation-keys.ts';
import type { RedisConversationCount } from './redis-conversation-count.ts';

interface UsageLimitsOptions {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly limits: LimitSettings;
  readonly count: RedisConversationCount;
  /** The longest that a turn takes to open a conversation, in milliseconds. */
  readonly openingMaxMs: number;
}

const admitted: Admission = { refusal: null, openingRefusal: null, countsAsStored: false };

/**
 * Counts in Redis, by Redis's clock.
 *
 * A count is a sorted set of members by time, so it names who is counted, and what has passed leaves it by itself: nothing
 * has to be counted down by a server that may have died, and a request that is sent twice counts once
 * (docs/decisions/0077).
 */
export class RedisUsageLimits implements UsageLimits {
  readonly #options: UsageLimitsOptions;

  constructor(options: UsageLimitsOptions) {
    this.#options = options;
  }

  async admitTurn({ key, id }: AdmissionTicket, { opens = false } = {}): Promise<Admission> {
    const { redis, keys, limits, count, openingMaxMs } = this.#options;
    // Watches and waiting calls have places of their own, so limits of them cost a turn nothing.
    if (!boundsTurns(limits) && !boundsConversations(limits) && !boundsStoredBytes(limits)) return admitted;
    const usage = keys.usage(key);
    const names = keys.countedNames(key);
    const reply = await available(
      redis.admitTurn(
        usage.turnsOfUser,
        usage.turnsOfTenant,
        usage.conversationsOfUser,
        usage.conversationsOfTenant,
        usage.bytesOfUser,
        usage.bytesOfUserUntil,
        usage.bytesOfTenant,
        usage.bytesOfTenantUntil,
        id,
        limitArgument(limits.userTurnsPerMinute),
        limitArgument(limits.tenantTurnsPerMinute),
        limitArgument(limits.userConversations),
        limitArgument(limits.tenantConversations),
        names.ofUser,
        names.ofTenant,
        String(openingMaxMs),
        String(count.setLifeMs),
        limitArgument(limits.userStoredBytes),
        limitArgument(limits.tenantStoredBytes),
        opens ? 'opens' : '',
      ),
    );
    const admission = admitReply.parse(reply);
    if (admission[0] === 'admitted') {
      await count.requireCounted(key);
      return { ...admitted, countsAsStored: admission[1] === 'kept' };
    }
    const [outcome, of, retryAfterMs] = admission;
    const isOfUser = of === 'user';
    switch (outcome) {
      case 'full': {
        const most = (isOfUser ? limits.userStoredBytes : limits.tenantStoredBytes) ?? 0;
        return { ...admitted, refusal: { resource: 'storedBytes', of, most, retryAfterMs } };
      }
      case 'refused': {
        const most = (isOfUser ? limits.userTurnsPerMinute : limits.tenantTurnsPerMinute) ?? 0;
        return { ...admitted, refusal: { resource: 'turns', of, most, retryAfterMs } };
      }
      case 'no-place': {
        const most = (isOfUser ? limits.userConversations : limits.tenantConversations) ?? 0;
        const openingRefusal: LimitReached = { resource: 'conversations', of, most, retryAfterMs };
        return { ...admitted, openingRefusal };
      }
    }
  }

  takeBack({ key, id }: AdmissionTicket): void {
    const { redis, keys, limits } = this.#options;
    const { turnsOfUser, turnsOfTenant } = keys.usage(key);
    if (limits.userTurnsPerMinute !== null) redis.zrem(turnsOfUser, id).catch(() => undefined);
    if (limits.tenantTurnsPerMinute !== null) redis.zrem(turnsOfTenant, id).catch(() => undefined);
  }

  async takePlace(place: Place): Promise<LimitReached | null> {
    const reply = await available(this.#sendPlace(place, 'take'));
    if (reply === null) return null;
    const [outcome, of = 'user'] = placeReply.parse(reply);
    if (outcome === 'taken') return null;
    const { ofUser, ofTenant } = placeLimits(this.#options.limits, place.resource);
    const most = (of === 'user' ? ofUser : ofTenant) ?? 0;
    return { resource: place.resource, of, most, retryAfterMs: placeRetryMs };
  }

  renewPlace(place: Place): void {
    this.#sendPlace(place, 'renew').catch(() => undefined);
  }

  leavePlace({ key, id, resource }: Place): void {
    const { redis, keys, limits } = this.#options;
    const places = keys.places(key, resource);
    const most = placeLimits(limits, resource);
    if (most.ofUser !== null) redis.zrem(places.ofUser, id).catch(() => undefined);
    if (most.ofTenant !== null) redis.zrem(places.ofTenant, id).catch(() => undefined);
  }

  /** Resolves with null where no limit is set, and nothing is sent. */
  async #sendPlace({ key, id, resource, lifeMs }: Place, mode: 'take' | 'renew'): Promise<unknown> {
    const { redis, keys, limits } = this.#options;
    const { ofUser, ofTenant } = placeLimits(limits, resource);
    if (ofUser === null && ofTenant === null) return null;
    const places = keys.places(key, resource);
    const most = [limitArgument(ofUser), limitArgument(ofTenant)];
    return redis.takePlace(places.ofUser, places.ofTenant, id, ...most, String(lifeMs), mode);
  }
}

/** Others give their places back when they are done, which nobody can tell. */
const placeRetryMs = 1_000;

const whose = z.enum(['user', 'tenant']);
const admitReply = z.union([
  z.tuple([z.literal('admitted'), z.enum(['kept', 'reserved'])]),
  z.tuple([z.enum(['full', 'refused', 'no-place']), whose, z.number()]),
]);

const placeReply = z.union([z.tuple([z.literal('taken')]), z.tuple([z.literal('refused'), whose])]);

/** No limit is written as ''. */
function limitArgument(most: number | null): string {
  return most === null ? '' : String(most);
}
