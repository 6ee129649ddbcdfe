import { RedlockLeaseKeeper } from '../../server/lease/redlock-lease-keeper.ts';
import type { Clock } from '../../server/orchestrator/ports/clock.ts';
import type { TurnkeeperEvent } from '../../server/orchestrator/ports/observer.ts';
import { connectRedis, firstConnection } from '../../server/redis/connect-redis.ts';
import { KeyBuilder } from '../../server/redis/conversation-keys.ts';
import { RedisWorkflowStateStore } from '../../server/store/redis/redis-workflow-state-store.ts';
import { ManualClock } from '../../server/testing/manual-clock.ts';
import { freshPrefix } from './raw-redis.ts';

interface BackingOptions {
  readonly url: string;
  /** @default one that no other test has */
  readonly prefix?: string;
  readonly clock?: Clock;
  readonly commandTimeoutMs?: number;
  readonly ttlSeconds?: number;
  readonly leaseTtlMs?: number;
  readonly transcriptMaxTurns?: number;
  readonly openingMaxMs?: number;
}

/** The real store and lease keeper on one connection, with their scripts loaded; to be held by `await using`. */
export async function openRedisBacking(options: BackingOptions) {
  const { url, prefix = freshPrefix(), commandTimeoutMs = 2_000, leaseTtlMs = 10_000 } = options;
  const { ttlSeconds = 86_400, transcriptMaxTurns = 500, openingMaxMs = 130_000 } = options;
  const clock = options.clock ?? new ManualClock();
  const redis = connectRedis({ url, commandTimeoutMs, onChange: () => undefined });
  if (!(await firstConnection(redis))) throw new Error("the test's Redis can't be reached");
  const keys = new KeyBuilder(prefix);
  const events: TurnkeeperEvent[] = [];
  const observer = { tell: (event: TurnkeeperEvent) => void events.push(event) };
  const store = new RedisWorkflowStateStore({
    redis,
    keys,
    clock,
    ttlSeconds,
    transcriptMaxTurns,
    openingMaxMs,
  });
  const leases = new RedlockLeaseKeeper({ redis, keys, clock, observer, ttlMs: leaseTtlMs });
  await warmUp(store, leases);
  return {
    redis,
    prefix,
    keys,
    store,
    leases,
    events,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await Promise.resolve();
    },
  };
}

/** The first call of a script sends its text and takes a round trip more. Leaves no key behind. */
async function warmUp(store: RedisWorkflowStateStore, leases: RedlockLeaseKeeper): Promise<void> {
  const key = { tenant: 'warm', user: 'up', conversationId: 'scripts' };
  const acquired = await leases.acquire(key);
  await store.load(key, { turnId: null, opens: false });
  if (acquired.kind === 'granted') await acquired.lease.release();
}
