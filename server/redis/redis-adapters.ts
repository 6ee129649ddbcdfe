import { LocksOnAQuorum } from './lease/locks-on-a-quorum.ts';
import { LocksOnTheState } from './lease/locks-on-the-state.ts';
import { RedlockLeaseKeeper } from './lease/redlock-lease-keeper.ts';
import { RedisConversationFeed } from './feed/redis-conversation-feed.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { Observer } from '../orchestrator/ports/observer.ts';
import type { WorkflowStateStore } from '../orchestrator/ports/workflow-state-store.ts';
import { closeConnection, connectRedis, firstConnection } from './connection/connect-redis.ts';
import { KeyBuilder } from './conversation-keys.ts';
import { evictionPolicyOf, watchEvictionPolicy } from './connection/eviction-policy.ts';
import type { OnReachability } from './connection/reachability.ts';
import type { RedisConnection } from './connection/redis-connection.ts';
import type { RedisTarget } from './connection/redis-target.ts';
import { Subscriber } from './connection/subscriber.ts';
import { Subscriptions } from './connection/subscriptions.ts';
import { RedisWorkflowStateStore } from './store/redis-workflow-state-store.ts';

export interface RedisAdaptersOptions {
  readonly target: RedisTarget;
  /** Independent masters that grant the leases; none: the state's own Redis does. */
  readonly lockTargets: readonly RedisTarget[];
  readonly prefix: string;
  readonly commandTimeoutMs: number;
  /** How many replicas must have a commit before it is answered. */
  readonly waitReplicas: number;
  readonly clock: Clock;
  /** Redis lets leases run out by its own time: only a test whose clock stands still has another for them. */
  readonly leaseClock?: Clock;
  readonly observer: Observer;
  readonly ttlSeconds: number;
  readonly transcriptMaxTurns: number;
  readonly turnTimeoutMs: number;
  readonly lockTtlMs: number;
  readonly turnWaitMaxMs: number;
  readonly onChange: OnReachability;
}

/** How the state's Redis was found at first. */
export interface FirstConnection {
  /** Why it could not be reached; null: it could. */
  readonly trouble: string | null;
  /** The policy by which it may evict conversations before their time; null: none. */
  readonly evictionPolicy: string | null;
}

export interface RedisAdapters {
  readonly redis: RedisConnection;
  readonly keys: KeyBuilder;
  readonly store: WorkflowStateStore;
  readonly leases: LeaseKeeper;
  /** What those who watch hear, and what they are told through. */
  readonly feed: RedisConversationFeed;
  /** Resolves when all connections are there, or there was a first sign that one can't be made. */
  readonly firstConnection: Promise<FirstConnection>;
  /** Lets go of every connection. Commands under way fail. */
  readonly close: () => void;
}

/** The store and the leases on Redis, over the connections that they share. */
export function openRedisAdapters(options: RedisAdaptersOptions): RedisAdapters {
  const { target, lockTargets, prefix, commandTimeoutMs, clock, leaseClock = clock, observer } = options;
  const { ttlSeconds, transcriptMaxTurns, turnTimeoutMs, lockTtlMs, turnWaitMaxMs, waitReplicas, onChange } =
    options;
  const subscriber = new Subscriber({ target, commandTimeoutMs });
  let tellFirst: OnReachability = () => undefined;
  const firstTrouble = new Promise<string | null>((resolve) => (tellFirst = resolve));
  const redis = connectRedis({
    ...{ target, commandTimeoutMs },
    onChange: (trouble) => {
      tellFirst(trouble);
      onChange(trouble);
    },
    // Who only listens is never told that the writes go elsewhere by now.
    onMoved: () => subscriber.reconnect(),
  });
  watchEvictionPolicy(redis, (policy) => observer.tell({ type: 'store.evicts', policy }));
  const subscriptions = new Subscriptions(subscriber);
  const quietly = { commandTimeoutMs, onChange: () => undefined };
  const masters = lockTargets.map((lockTarget) => connectRedis({ target: lockTarget, ...quietly }));
  // The reply must be in before the command's time is up.
  const replication =
    waitReplicas === 0
      ? null
      : {
          redis: connectRedis({ target, ...quietly }),
          replicas: waitReplicas,
          timeoutMs: commandTimeoutMs / 2,
        };
  const connections = [redis, ...masters, ...(replication === null ? [] : [replication.redis])];
  const keys = new KeyBuilder(prefix, target.kind === 'cluster' ? 0 : target.db);
  const locks =
    masters.length === 0
      ? new LocksOnTheState(redis, lockTtlMs)
      : new LocksOnAQuorum({ state: redis, masters, ttlMs: lockTtlMs });
  // Who is called needs a message's way and an acquisition, which a slow Redis may take twice the command timeout for.
  const line = { keptMs: 2 * commandTimeoutMs, longestWaitMs: turnWaitMaxMs };
  return {
    redis,
    keys,
    store: new RedisWorkflowStateStore({
      ...{ redis, keys, ttlSeconds, transcriptMaxTurns, line },
      openingMaxMs: turnTimeoutMs + 10 * lockTtlMs,
      replication,
      freesLeases: locks.areFreedByCommit,
    }),
    leases: new RedlockLeaseKeeper({
      ...{ redis, locks, keys, observer, line },
      subscriptions,
      clock: leaseClock,
      ttlMs: lockTtlMs,
    }),
    // Pieces are shown by the machine's time, whatever clock turns are timed by.
    feed: new RedisConversationFeed({ redis, subscriptions, keys, clock: leaseClock }),
    firstConnection: Promise.all([
      firstTrouble,
      // Who watches, or waits, as soon as the server is up must not be refused for this.
      subscriber.firstConnection(),
      ...connections.map(firstConnection),
    ]).then(async ([trouble]) => ({
      trouble,
      evictionPolicy: trouble === null ? await evictionPolicyOf(redis) : null,
    })),
    close: () => {
      for (const connection of connections) closeConnection(connection);
      subscriber.close();
    },
  };
}
