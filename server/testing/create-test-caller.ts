import type { LiveEvent } from '../../contract/watch-events.ts';
import { checkDefinition } from '../../workflows/definition/check-definition.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { Identity } from '../domain/identity.ts';
import { prepareWorkflows } from '../domain/workflow.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Agent } from '../orchestrator/ports/agent.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { ConversationFeed } from '../orchestrator/ports/conversation-feed.ts';
import { InputDigests } from '../orchestrator/input-digest.ts';
import { noFaults } from '../orchestrator/ports/fault-points.ts';
import type { LiveObserver, LiveTurn } from '../orchestrator/ports/live-observer.ts';
import type { Observer, TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
import { countedLeases, countedStore } from '../orchestrator/counted-conversations.ts';
import { hasLimit } from '../orchestrator/ports/usage-limits.ts';
import type { LimitSettings } from '../orchestrator/ports/usage-limits.ts';
import { TurnGate } from '../orchestrator/turn-gate.ts';
import { LiveDeltas } from '../watch/live-deltas.ts';
import { WatchGate } from '../orchestrator/watch-gate.ts';
import { randomIds } from '../random-ids.ts';
import { openRedisAdapters } from '../redis/redis-adapters.ts';
import { parseRedisUrl } from '../redis/connection/parse-redis-url.ts';
import { createAppRouter } from '../router/app-router.ts';
import { createCallerFactory } from '../router/procedure.ts';
import { systemClock } from '../system-clock.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryConversationFeed } from './memory-conversation-feed.ts';
import { MemoryLeaseKeeper } from './memory-lease-keeper.ts';
import { MemoryUsageLimits } from './memory-usage-limits.ts';
import { MemoryWorkflowStateStore } from './memory-workflow-state-store.ts';
import { MemoryWorld } from './memory-world.ts';
import { ScriptedAgent } from './scripted-agent.ts';

export interface TestCallerOptions<
  Definition extends WorkflowDefinition,
  TestAgent extends Agent,
  TestClock extends Clock,
> {
  /** The workflows that conversations run on. They are checked, as at a server's start. */
  readonly definitions: readonly Definition[];
  /** @default a ScriptedAgent without answers */
  readonly agent?: TestAgent;
  /** @default tenant `test-tenant`, user `test-user`; `null` is a caller whose credentials were refused */
  readonly identity?: Identity | null;
  /** Every caller's own access token, for an agent that is asked in the caller's name. @default null */
  readonly accessToken?: string | null;
  /** In memory, or in a Redis of yours under a prefix of yours. @default 'memory' */
  readonly store?: 'memory' | { readonly redisUrl: string; readonly prefix: string };
  /** @default a ManualClock */
  readonly clock?: TestClock;
  /** @default 86400 */
  readonly ttlSeconds?: number;
  /** @default 30000 */
  readonly turnTimeoutMs?: number;
  /** @default 10000 */
  readonly lockTtlMs?: number;
  /** @default 10000 */
  readonly turnWaitMaxMs?: number;
  /** @default 500 */
  readonly transcriptMaxTurns?: number;
  /** @default 256 */
  readonly maxTurnsInFlight?: number;
  /** @default 1000 */
  readonly maxTurnsWaiting?: number;
  /** @default 8 */
  readonly maxTurnsWaitingPerConversation?: number;
  /** @default 20 */
  readonly maxWatchersPerUser?: number;
  /** @default any number */
  readonly userTurnsPerMinute?: number;
  /** @default any number */
  readonly tenantTurnsPerMinute?: number;
  /** @default any number */
  readonly userConversations?: number;
  /** @default any number */
  readonly tenantConversations?: number;
  /** @default any number */
  readonly userStoredBytes?: number;
  /** @default any number */
  readonly tenantStoredBytes?: number;
  /** @default any number */
  readonly userOpenWatches?: number;
  /** @default any number */
  readonly tenantOpenWatches?: number;
  /** @default any number */
  readonly userWaitingCalls?: number;
  /** @default any number */
  readonly tenantWaitingCalls?: number;
}

/** A part of an answer that was shown while it came. */
export interface ShownLive extends LiveTurn {
  readonly event: LiveEvent;
}

const defaultTurnWaitMaxMs = 10_000;
const defaultIdentity: Identity = { tenant: 'test-tenant', user: 'test-user' };

/** The adapters of a test caller, and a function that closes them. */
interface Backing extends Pick<Dependencies, 'store' | 'leases' | 'usageLimits'> {
  readonly feed: ConversationFeed & LiveObserver;
  readonly setDown: (isDown: boolean) => void;
  readonly close: () => void;
}

/**
 * The API without HTTP, over the real router and orchestrator, for contract tests: you give the agent's answers, the
 * identity and the time. Its errors are tRPC's, with the product's error (its `reason`) as their `cause`.
 * @throws Error when a definition has faults; the message lists them
 */
export async function createTestCaller<
  const Definition extends WorkflowDefinition,
  TestAgent extends Agent = ScriptedAgent,
  TestClock extends Clock = ManualClock,
>(options: TestCallerOptions<Definition, TestAgent, TestClock>) {
  const faults = options.definitions.flatMap((definition) =>
    checkDefinition(definition).map(({ path, message }) => `${definition.id}: ${path}: ${message}`),
  );
  if (faults.length > 0) throw new Error(`The workflow definitions are not right:\n${faults.join('\n')}`);

  const clock = options.clock ?? new ManualClock();
  const events: TurnkeeperEvent[] = [];
  const observer: Observer = { tell: (event) => void events.push(event) };
  const shown: ShownLive[] = [];
  const deltas = new Map<string, LiveDeltas>();
  const agent = options.agent ?? new ScriptedAgent();
  const { store, leases, usageLimits, feed, setDown, close } = await backingOf(options, clock, observer);
  const live: LiveObserver = {
    began: (turn) => {
      deltas.set(turn.turnId, new LiveDeltas());
      feed.began(turn);
    },
    show: (turn, live) => {
      for (const event of deltas.get(turn.turnId)?.to(live) ?? []) shown.push({ ...turn, event });
      feed.show(turn, live);
    },
    over: (turn, failure) => feed.over(turn, failure),
  };
  const gate = new TurnGate(
    {
      maxTurnsInFlight: options.maxTurnsInFlight ?? 256,
      maxTurnsWaiting: options.maxTurnsWaiting ?? 1_000,
    },
    clock,
  );
  const dependencies: Dependencies = {
    workflows: { current: prepareWorkflows(options.definitions) },
    store,
    leases,
    usageLimits,
    agent,
    clock,
    ids: randomIds,
    observer,
    live,
    feed,
    digests: new InputDigests([]),
    gate,
    watchers: new WatchGate(
      { maxWatchers: 1_000, maxWatchersPerUser: options.maxWatchersPerUser ?? 20 },
      gate.closing,
    ),
    faultPoints: noFaults,
    settings: {
      turnTimeoutMs: options.turnTimeoutMs ?? 30_000,
      turnWaitMaxMs: options.turnWaitMaxMs ?? defaultTurnWaitMaxMs,
      maxTurnsWaitingPerConversation: options.maxTurnsWaitingPerConversation ?? 8,
      contextMaxChars: 6_000,
    },
  };
  const createCaller = createCallerFactory(createAppRouter<Definition>());
  const as = (identity: Identity | null, accessToken: string | null = options.accessToken ?? null) =>
    createCaller({
      dependencies,
      showsCauses: false,
      authentication:
        identity === null
          ? { kind: 'refused', message: 'The credentials were refused.' }
          : { kind: 'authenticated', identity, accessToken },
    });
  return {
    /** The procedures, called by the identity given in the options. */
    caller: as(options.identity === undefined ? defaultIdentity : options.identity),
    /** The procedures, called by another identity over the same conversations. */
    as,
    // The defaults are of the default types, which the compiler can't know: hence the two casts.
    /** The agent that answers; by default one to give answers to. */
    agent: agent as TestAgent,
    clock: clock as TestClock,
    /** All events that the orchestrator has told its observer, oldest first. */
    events,
    /** All parts of answers that were shown while they came, oldest first, whether the turn was committed or not. */
    shown,
    /** Takes the in-memory store away, or brings it back. */
    setStoreDown: setDown,
    /** Begins to shut down, as SIGTERM does. */
    shutDown: () => gate.close(),
    /** Lets go of Redis; does nothing for the in-memory store. */
    close,
    [Symbol.asyncDispose]: async () => {
      close();
      await Promise.resolve();
    },
  };
}

async function backingOf(
  options: TestCallerOptions<WorkflowDefinition, Agent, Clock>,
  clock: Clock,
  observer: Observer,
): Promise<Backing> {
  const { store: kind = 'memory', ttlSeconds = 86_400, lockTtlMs = 10_000, turnTimeoutMs = 30_000 } = options;
  const { transcriptMaxTurns = 500, turnWaitMaxMs = defaultTurnWaitMaxMs } = options;
  const limits: LimitSettings = {
    userTurnsPerMinute: options.userTurnsPerMinute ?? null,
    tenantTurnsPerMinute: options.tenantTurnsPerMinute ?? null,
    userConversations: options.userConversations ?? null,
    tenantConversations: options.tenantConversations ?? null,
    userStoredBytes: options.userStoredBytes ?? null,
    tenantStoredBytes: options.tenantStoredBytes ?? null,
    userOpenWatches: options.userOpenWatches ?? null,
    tenantOpenWatches: options.tenantOpenWatches ?? null,
    userWaitingCalls: options.userWaitingCalls ?? null,
    tenantWaitingCalls: options.tenantWaitingCalls ?? null,
  };
  if (kind === 'memory') {
    const world = new MemoryWorld(clock);
    const store = new MemoryWorkflowStateStore(world, { ttlSeconds, transcriptMaxTurns });
    const leases = new MemoryLeaseKeeper(world, store);
    const usageLimits = hasLimit(limits) ? new MemoryUsageLimits(world, limits) : null;
    return {
      store: usageLimits === null ? store : countedStore(store, usageLimits),
      leases: usageLimits === null ? leases : countedLeases(leases, usageLimits),
      usageLimits,
      feed: new MemoryConversationFeed(world),
      setDown: (isDown) => {
        world.isDown = isDown;
      },
      close: () => undefined,
    };
  }
  const adapters = openRedisAdapters({
    target: parseRedisUrl(kind.redisUrl),
    lockTargets: [],
    waitReplicas: 0,
    prefix: kind.prefix,
    commandTimeoutMs: 2_000,
    clock,
    observer,
    ttlSeconds,
    transcriptMaxTurns,
    turnTimeoutMs,
    lockTtlMs,
    turnWaitMaxMs,
    limits,
    // In Redis leases expire by the time of Redis, which no test drives: they must be extended by that.
    leaseClock: systemClock,
    onChange: () => undefined,
  });
  const { trouble } = await adapters.firstConnection;
  if (trouble !== null) {
    adapters.close();
    throw new Error(`The Redis given to createTestCaller can't be reached: ${trouble}`);
  }
  return {
    ...adapters,
    setDown: () => {
      throw new Error('setStoreDown is for the in-memory store: stop your Redis instead.');
    },
  };
}
