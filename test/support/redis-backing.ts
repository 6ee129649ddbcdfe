import type { Clock } from '../../server/orchestrator/ports/clock.ts';
import type { LeaseKeeper } from '../../server/orchestrator/ports/lease.ts';
import type { TurnkeeperEvent } from '../../server/orchestrator/ports/observer.ts';
import type { LimitSettings } from '../../server/orchestrator/ports/usage-limits.ts';
import { openRedisAdapters } from '../../server/redis/redis-adapters.ts';
import { parseRedisUrl } from '../../server/redis/connection/parse-redis-url.ts';
import { ManualClock } from '../../server/testing/manual-clock.ts';
import { freshPrefix } from './raw-redis.ts';
import { patientCommandMs } from './time.ts';

interface BackingOptions {
  readonly url: string;
  /** @default one that no other test has */
  readonly prefix?: string;
  readonly clock?: Clock;
  readonly commandTimeoutMs?: number;
  readonly ttlSeconds?: number;
  readonly leaseTtlMs?: number;
  readonly transcriptMaxTurns?: number;
  readonly turnTimeoutMs?: number;
  readonly turnWaitMaxMs?: number;
  readonly lockUrls?: readonly string[];
  readonly waitReplicas?: number;
  /** @default none is set */
  readonly limits?: Partial<LimitSettings>;
}

const noLimits: LimitSettings = {
  userTurnsPerMinute: null,
  tenantTurnsPerMinute: null,
  userConversations: null,
  tenantConversations: null,
  userStoredBytes: null,
  tenantStoredBytes: null,
  userOpenWatches: null,
  tenantOpenWatches: null,
  userWaitingCalls: null,
  tenantWaitingCalls: null,
};

/** The real store and lease keeper on one connection, with their scripts loaded; use with `await using`. */
export async function openRedisBacking(options: BackingOptions) {
  const { url, prefix = freshPrefix(), commandTimeoutMs = patientCommandMs, leaseTtlMs = 10_000 } = options;
  const { ttlSeconds = 86_400, transcriptMaxTurns = 500, turnTimeoutMs = 30_000 } = options;
  const { turnWaitMaxMs = 10_000, lockUrls = [], waitReplicas = 0 } = options;
  const clock = options.clock ?? new ManualClock();
  const events: TurnkeeperEvent[] = [];
  const adapters = openRedisAdapters({
    target: parseRedisUrl(url),
    lockTargets: lockUrls.map((lockUrl) => parseRedisUrl(lockUrl)),
    ...{ prefix, commandTimeoutMs, clock, ttlSeconds, transcriptMaxTurns, turnTimeoutMs, turnWaitMaxMs },
    ...{ waitReplicas, lockTtlMs: leaseTtlMs, limits: { ...noLimits, ...options.limits } },
    observer: { tell: (event) => void events.push(event) },
    onChange: () => undefined,
  });
  const { trouble } = await adapters.firstConnection;
  if (trouble !== null) throw new Error(`the test's Redis can't be reached: ${trouble}`);
  await warmUp(adapters.leases);
  return {
    ...adapters,
    prefix,
    events,
    [Symbol.asyncDispose]: async () => {
      adapters.close();
      await Promise.resolve();
    },
  };
}

/** Loads every script: the first call of one sends its text and takes another round trip. Leaves no key in Redis. */
async function warmUp(leases: LeaseKeeper): Promise<void> {
  const key = { tenant: 'warm', user: 'up', conversationId: 'scripts' };
  const acquired = await leases.acquire(key, { turnId: null, id: 'warm-up' }, { turnId: null, opens: false });
  if (acquired.kind === 'granted') await acquired.lease.release({ agentMayHaveHeard: false });
}
