/**
 * The composition root: the only place that knows which adapter implements each port.
 *
 * The job: make the parts of a server from its settings, and connect them. The boundary: `serve.ts` listens and stops,
 * and `main.ts` owns the process; the use cases are given ports and know no adapter. It keeps that
 * - every part has the same clock, the same observer and the same gate;
 * - no setting can choose a store in memory (I6);
 * - the server does not wait for Redis: it starts even if Redis can't be reached, and `firstConnection` tells.
 */
import type { WorkflowDefinition } from '../workflows/definition/define-workflow.ts';
import { DevAuthenticator } from './auth/dev-authenticator.ts';
import { OidcAuthenticator } from './auth/oidc-authenticator.ts';
import { PageSignIn } from './auth/page-sign-in.ts';
import { createAgent } from './create-agent.ts';
import { prepareWorkflows } from './domain/workflow.ts';
import type { Settings } from './settings/read-environment.ts';
import { guardedObserver } from './observability/guarded-observer.ts';
import type { Metrics, ServerLoad } from './observability/metrics.ts';
import { PinoObserver } from './observability/pino-observer.ts';
import type { EventLogger } from './observability/pino-observer.ts';
import { Pseudonyms } from './observability/pseudonyms.ts';
import { tellingAll } from './observability/telling-all.ts';
import { openTracing } from './observability/tracing.ts';
import type { TraceRequest } from './observability/tracing.ts';
import type { Dependencies } from './orchestrator/dependencies.ts';
import { InputDigests } from './orchestrator/input-digest.ts';
import type { Agent } from './orchestrator/ports/agent.ts';
import type { Authenticator } from './orchestrator/ports/authenticator.ts';
import type { Clock } from './orchestrator/ports/clock.ts';
import type { ReloadedWorkflows } from './orchestrator/ports/current-workflows.ts';
import { noFaults } from './orchestrator/ports/fault-points.ts';
import type { FaultPoints } from './orchestrator/ports/fault-points.ts';
import type { Observer } from './orchestrator/ports/observer.ts';
import { TurnGate } from './orchestrator/turn-gate.ts';
import { WatchGate } from './orchestrator/watch-gate.ts';
import { randomIds } from './random-ids.ts';
import { reachesStores } from './reaches-stores.ts';
import { openRedisAdapters } from './redis/redis-adapters.ts';
import type { FirstConnection } from './redis/redis-adapters.ts';
import type { RedisTarget } from './redis/connection/redis-target.ts';
import { systemClock } from './system-clock.ts';

export interface CompositionOptions {
  readonly settings: Settings;
  /** Checked by loadDefinitions. */
  readonly definitions: readonly WorkflowDefinition[];
  /** Replaces `definitions` by workflows that change while the server runs: for development only. */
  readonly reloaded?: ReloadedWorkflows;
  /** The Redis that keeps conversations. */
  readonly redis: RedisTarget;
  readonly logger: EventLogger;
  /** Is told every event, besides the log. */
  readonly observer?: Observer;
  /** The key of input digests if DIGEST_SECRET is unset. @default null: a public key, which protects nothing */
  readonly ownDigestSecret?: string | null;
  /** Replaces the agent that the settings choose: for tools and tests. */
  readonly agent?: Agent;
  /** Replaces the authenticator that the settings choose. */
  readonly authenticator?: Authenticator;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default none: only tests make a server fail in its race windows */
  readonly faultPoints?: FaultPoints;
}

export interface Composition {
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  /** The way in which users of the chat page sign in; null if they don't. */
  readonly signIn: PageSignIn | null;
  /** Null where the settings ask for none: nothing is counted then. */
  readonly metrics: Metrics | null;
  /** Null where no OpenTelemetry SDK is registered: nothing is traced then. */
  readonly traceRequest: TraceRequest | null;
  /** Resolves with the first state of Redis. The server starts even if Redis can't be reached. */
  readonly firstConnection: Promise<FirstConnection>;
  /** Closes the connections to Redis. Commands under way fail. */
  readonly close: () => void;
}

/** @throws Error when the agent of the settings can't be created */
export async function compose({
  settings,
  definitions,
  reloaded,
  redis: target,
  logger,
  observer: otherObserver,
  ownDigestSecret = null,
  agent,
  authenticator,
  clock = systemClock,
  faultPoints = noFaults,
}: CompositionOptions): Promise<Composition> {
  const chosenAgent = agent ?? (await createAgent(settings.agent, clock));
  // Last: digests made before DIGEST_SECRET was set can still be compared.
  const secrets = [...settings.digestSecrets, ...(ownDigestSecret === null ? [] : [ownDigestSecret])];
  const metrics = settings.metrics === null ? null : await openMetrics(() => readLoad(dependencies));
  const log = new PinoObserver(logger, new Pseudonyms(secrets[0] ?? ''));
  const observer = tellingAll([
    log,
    ...(metrics === null ? [] : [metrics]),
    ...(otherObserver === undefined ? [] : [guardedObserver(otherObserver, logger)]),
  ]);
  let isClosing = false;
  const adapters = openRedisAdapters({
    ...settings,
    target,
    clock,
    observer,
    lockTargets: settings.redisLockMasters,
    prefix: settings.redisPrefix,
    commandTimeoutMs: settings.redisCommandTimeoutMs,
    waitReplicas: settings.redisWaitReplicas,
    ttlSeconds: settings.workflowTtlSeconds,
    onChange: (trouble) => {
      if (isClosing) return;
      observer.tell(
        trouble === null ? { type: 'store.reachable' } : { type: 'store.unreachable', cause: trouble },
      );
    },
  });
  const gate = new TurnGate(settings, clock);
  const dependencies: Dependencies = {
    workflows: reloaded ?? { current: prepareWorkflows(definitions) },
    store: adapters.store,
    leases: adapters.leases,
    usageLimits: adapters.usageLimits,
    agent: chosenAgent,
    clock,
    ids: randomIds,
    observer,
    live: adapters.feed,
    feed: adapters.feed,
    digests: new InputDigests(secrets),
    gate,
    watchers: new WatchGate(settings, gate.closing),
    faultPoints,
    settings,
  };
  return {
    dependencies,
    ...(authenticator === undefined
      ? identityOf(settings, clock, observer)
      : { authenticator, signIn: null }),
    metrics,
    traceRequest: openTracing(),
    firstConnection: adapters.firstConnection,
    close: () => {
      isClosing = true;
      adapters.close();
    },
  };
}

function identityOf(
  { auth, authTimeoutMs }: Settings,
  clock: Clock,
  observer: Observer,
): Pick<Composition, 'authenticator' | 'signIn'> {
  switch (auth.mode) {
    case 'dev':
      return { authenticator: new DevAuthenticator(), signIn: null };
    case 'oidc': {
      const authenticator = new OidcAuthenticator({ ...auth, clock, observer, timeoutMs: authTimeoutMs });
      return { authenticator, signIn: auth.page === null ? null : new PageSignIn(auth.page, authenticator) };
    }
  }
}

/** The library of metrics is loaded only where it is used. */
async function openMetrics(readLoad: () => Promise<ServerLoad>): Promise<Metrics> {
  const { Metrics } = await import('./observability/metrics.ts');
  return new Metrics(readLoad);
}

async function readLoad({ gate, watchers, store, leases }: Dependencies): Promise<ServerLoad> {
  const isReachable = await reachesStores({ store, leases });
  const { inFlight, waiting } = gate.load;
  return {
    turnsInFlight: inFlight,
    turnsWaiting: waiting,
    watchers: watchers.size,
    isReady: isReachable && !gate.isLeaving,
  };
}
