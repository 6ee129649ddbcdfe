import { randomUUID } from 'node:crypto';
import { inject, vi, expect } from 'vitest';
import { prepareWorkflows } from '../../../server/domain/workflow.ts';
import type { Dependencies } from '../../../server/orchestrator/dependencies.ts';
import { endConversation } from '../../../server/orchestrator/end-conversation.ts';
import type { EndCommand } from '../../../server/orchestrator/end-conversation.ts';
import { getConversation } from '../../../server/orchestrator/get-conversation.ts';
import { InputDigests } from '../../../server/orchestrator/input-digest.ts';
import { noFaults } from '../../../server/orchestrator/ports/fault-points.ts';
import type { FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import type { LimitSettings } from '../../../server/orchestrator/ports/usage-limits.ts';
import { runTurn } from '../../../server/orchestrator/run-turn.ts';
import type { TurnCommand } from '../../../server/orchestrator/turn.ts';
import { TurnGate } from '../../../server/orchestrator/turn-gate.ts';
import { WatchGate } from '../../../server/orchestrator/watch-gate.ts';
import { randomIds } from '../../../server/random-ids.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { text, travel } from '../contract/sample-workflows.ts';
import { key } from '../store/sample-turns.ts';
import { dumpUnder, keysUnder, livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { AttendedAgent } from './attended-agent.ts';

interface ServerOptions {
  /** @default the run's Redis */
  readonly url?: string;
  /** The prefix of another server, to be a second one of the same conversations. */
  readonly prefix?: string;
  readonly agent?: AttendedAgent;
  readonly faultPoints?: FaultPoints;
  readonly commandTimeoutMs?: number;
  readonly leaseTtlMs?: number;
  readonly turnWaitMaxMs?: number;
  /** @default 100, because tests of the queue's order have many callers waiting */
  readonly maxTurnsWaitingPerConversation?: number;
  /** Independent masters that grant the leases. */
  readonly lockUrls?: readonly string[];
  /** @default none is set */
  readonly limits?: Partial<LimitSettings>;
}

/** A server without HTTP, on the machine's time; use with `await using`. Its errors are the product's own. */
export async function openServer(options: ServerOptions = {}) {
  const { url = inject('redisUrl'), agent = new AttendedAgent(), faultPoints = noFaults } = options;
  const { turnWaitMaxMs = 10_000, maxTurnsWaitingPerConversation = 100 } = options;
  const backing = await openRedisBacking({ clock: systemClock, ...options, url });
  const { store, leases, usageLimits, feed, events, prefix, keys } = backing;
  const gate = new TurnGate({ maxTurnsInFlight: 256, maxTurnsWaiting: 1_000 }, systemClock);
  const dependencies: Dependencies = {
    ...{ store, leases, usageLimits, agent, gate, faultPoints },
    workflows: { current: prepareWorkflows([travel]) },
    clock: systemClock,
    ids: randomIds,
    observer: { tell: (event) => void events.push(event) },
    live: feed,
    feed,
    digests: new InputDigests([]),
    watchers: new WatchGate({ maxWatchers: 100, maxWatchersPerUser: 100 }, gate.closing),
    settings: {
      turnTimeoutMs: 30_000,
      turnWaitMaxMs,
      maxTurnsWaitingPerConversation,
      contextMaxChars: 6_000,
    },
  };
  const { redis, [Symbol.dispose]: disconnect } = rawRedis(url);
  const { waiting } = keys.conversation(key);
  return {
    ...{ url, agent, events, prefix, keys: keys.conversation(key), raw: redis },
    turn: (turnId: string, how: Partial<TurnCommand> = {}) => {
      const command = {
        ...{ key, turnId, input: text(turnId), userToken: null },
        ...{ workflowId: undefined, waitMs: undefined },
      };
      return runTurn(dependencies, { ...command, whenBusy: 'reject', ...how });
    },
    end: (how: Partial<EndCommand> = {}) => {
      const command = {
        key,
        outcome: 'cancelled',
        reason: undefined,
        purge: false,
        waitMs: undefined,
      } as const;
      return endConversation(dependencies, { ...command, whenBusy: 'reject', ...how });
    },
    get: () => getConversation(dependencies, { key, limit: 100, before: undefined }),
    eventsOf: (type: string) => events.filter((event) => event.type === type),
    /** Resolves once this many callers are waiting. */
    untilWaiting: (count: number) =>
      vi.waitFor(async () => expect(await redis.zcard(waiting)).toBe(count), { interval: 5, timeout: 5_000 }),
    isReachable: () => store.isReachable(),
    shutDown: () => gate.close(),
    /** Closes its connections, as a dying server does. */
    die: () => backing.close(),
    stored: () => dumpUnder(redis, prefix),
    /** Returns the names of the stored keys, without their common part, and checks that each of them expires. */
    storedParts: async (): Promise<string[]> => {
      for (const [name, life] of Object.entries(await livesUnder(redis, prefix)))
        expect(life, name).toBeGreaterThan(0);
      // After an outage a server writes a probe, which is gone within a second or two.
      const kept = (await keysUnder(redis, prefix)).filter((name) => !name.endsWith(':probe'));
      return kept.map((name) => name.slice(name.lastIndexOf('}:') + 2)).sort();
    },
    [Symbol.asyncDispose]: async () => {
      disconnect();
      await backing[Symbol.asyncDispose]();
    },
  };
}

export type OpenServer = Awaited<ReturnType<typeof openServer>>;

/** The stored parts of a conversation without a running call. */
export const restingParts = ['conversations', 'log', 'state', 'turns'];

/** Returns a prefix that no other test has and that a server's settings accept. */
export const shortPrefix = (): string => `t-${randomUUID().slice(0, 12)}`;
