import { countedLeases, countedStore } from '../orchestrator/counted-conversations.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { Observer } from '../orchestrator/ports/observer.ts';
import { boundsConversations, boundsStoredBytes, hasLimit } from '../orchestrator/ports/usage-limits.ts';
import type { LimitSettings, UsageLimits } from '../orchestrator/ports/usage-limits.ts';
import type { WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';
import { closeConnection, connectRedis, firstConnection } from './connection/connect-redis.ts';
import type { RedisConnection } from './connection/open-redis.ts';
import type { OnReachability } from './connection/reachability.ts';
import { evictionPolicyOf, watchEvictionPolicy } from './connection/redis-health.ts';
import type { RedisTarget } from './connection/redis-target.ts';
import { Subscriptions } from './connection/subscriptions.ts';
import { KeyBuilder } from './scripts/conversation-keys.ts';
import { ConversationLoads } from './store/conversation-loads.ts';
import { defineLeaseScripts, defineScripts } from './scripts/define-scripts.ts';
import { RedisConversationFeed } from './feed/redis-conversation-feed.ts';
import { LocksOnAQuorum, LocksOnTheState } from './lease/locks.ts';
import { RedlockLeaseKeeper } from './lease/redlock-lease-keeper.ts';
import { RedisConversationCount } from './limits/redis-conversation-count.ts';
import { RedisUsageLimits } from './limits/redis-usage-limits.ts';
import { RedisConversationList } from './store/conversation-list.ts';
import { RedisWorkflowStateStore } from './store/redis-workflow-state-store.ts';

export interface RedisAdaptersOptions {
  readonly target: RedisTarget;
  /** Independent masters that grant the leases; none: the state's own Redis does. */
  readonly lockTargets: readonly RedisTarget[];
  readonly prefix: string;
  readonly commandTimeoutMs: number;
  /** The number of replicas that must have a commit before it is acknowledged. */
  readonly waitReplicas: number;
  readonly clock: Clock;
  /** Redis lets leases run out by its own time, so a test whose clock stands still needs another clock for them. */
  readonly leaseClock?: Clock;
  readonly observer: Observer;
  readonly ttlSeconds: number;
  readonly transcriptMaxTurns: number;
  readonly turnTimeoutMs: number;
  readonly lockTtlMs: number;
  readonly turnWaitMaxMs: number;
  /** The limits of users and tenants. */
  readonly limits: LimitSettings;
  readonly onChange: OnReachability;
}

/** The state of the Redis that holds the conversations, when it was first looked at. */
export interface FirstConnection {
  /** The reason why it could not be reached; null: it could. */
  readonly trouble: string | null;
  /** The policy by which it may evict conversations before their time; null: none. */
  readonly evictionPolicy: string | null;
}

export interface RedisAdapters {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly store: WorkflowStateStore;
  readonly leases: LeaseKeeper;
  /** Null where no limit is set. */
  readonly usageLimits: UsageLimits | null;
  /** Messages to and from watchers. */
  readonly feed: RedisConversationFeed;
  /** Resolves when all connections are there, or with the first sign that one can't be made. */
  readonly firstConnection: Promise<FirstConnection>;
  /** Closes every connection. Commands under way fail. */
  readonly close: () => void;
}

/** Opens the store, the leases and the feed on Redis, over the connections that they share. */
export function openRedisAdapters(options: RedisAdaptersOptions): RedisAdapters {
  const { target, lockTargets, prefix, commandTimeoutMs, clock, leaseClock = clock, observer } = options;
  const {
    ttlSeconds,
    transcriptMaxTurns,
    turnTimeoutMs,
    lockTtlMs,
    turnWaitMaxMs,
    waitReplicas,
    limits,
    onChange,
  } = options;
  const subscriptions = new Subscriptions({ target, commandTimeoutMs });
  let resolveTrouble: OnReachability = () => undefined;
  const firstTrouble = new Promise<string | null>((resolve) => (resolveTrouble = resolve));
  const redis = connectRedis({
    target,
    commandTimeoutMs,
    onChange: (trouble) => {
      resolveTrouble(trouble);
      onChange(trouble);
    },
    // A connection that only listens never sees a refused write, and would stay with the demoted server.
    onMoved: () => subscriptions.reconnect(),
  });
  defineScripts(redis);
  watchEvictionPolicy(redis, (policy) => observer.tell({ type: 'store.evicts', policy }));
  const connectQuietly = (quietTarget: RedisTarget): RedisConnection =>
    connectRedis({ target: quietTarget, commandTimeoutMs, onChange: () => undefined });
  const masters = lockTargets.map(connectQuietly);
  for (const master of masters) defineLeaseScripts(master);
  // The replicas must answer before the command's time is up.
  const replication =
    waitReplicas === 0
      ? null
      : { redis: connectQuietly(target), replicas: waitReplicas, timeoutMs: commandTimeoutMs / 2 };
  const connections = [redis, ...masters, ...(replication === null ? [] : [replication.redis])];
  const keys = new KeyBuilder(prefix, target.kind === 'cluster' ? 0 : target.db);
  const openingMaxMs = turnTimeoutMs + 10 * lockTtlMs;
  const list = new RedisConversationList({
    redis,
    keys,
    ttlSeconds,
    openingMaxMs,
    clock: leaseClock,
  });
  const loads = new ConversationLoads({ redis, keys, ttlSeconds, list, replication });
  const locks =
    masters.length === 0
      ? new LocksOnTheState({ redis, loads, ttlMs: lockTtlMs })
      : new LocksOnAQuorum({ state: redis, masters, loads, ttlMs: lockTtlMs });
  // A notified caller needs the message's way and an acquisition, for which a slow Redis may take twice the command timeout.
  const queue = { keptMs: 2 * commandTimeoutMs, longestWaitMs: turnWaitMaxMs };
  const store = new RedisWorkflowStateStore({
    redis,
    keys,
    ttlSeconds,
    transcriptMaxTurns,
    queue,
    list,
    slide: (key) => loads.slide(key),
    replication,
    freesLeases: locks.areFreedByCommit,
  });
  const leases = new RedlockLeaseKeeper({
    redis,
    locks,
    keys,
    observer,
    queue,
    list,
    subscriptions,
    clock: leaseClock,
    ttlMs: lockTtlMs,
  });
  const count = new RedisConversationCount({
    ...{ redis, keys, limits, ttlSeconds, openingMaxMs },
    clock: leaseClock,
  });
  const isCounted = boundsConversations(limits) || boundsStoredBytes(limits);
  return {
    redis,
    keys,
    store: isCounted ? countedStore(store, count) : store,
    leases: isCounted ? countedLeases(leases, count) : leases,
    usageLimits: hasLimit(limits) ? new RedisUsageLimits({ redis, keys, limits, count, openingMaxMs }) : null,
    // Live text is paced by the machine's time, whatever clock turns are timed by.
    feed: new RedisConversationFeed({ redis, subscriptions, keys, clock: leaseClock }),
    firstConnection: Promise.all([
      firstTrouble,
      // A call that watches, or waits, as soon as the server is up must not be refused for a missing subscription.
      subscriptions.firstConnection(),
      ...connections.map(firstConnection),
    ]).then(async ([trouble]) => ({
      trouble,
      evictionPolicy: trouble === null ? await evictionPolicyOf(redis) : null,
    })),
    close: () => {
      list.close();
      for (const connection of connections) closeConnection(connection);
      subscriptions.close();
    },
  };
}
