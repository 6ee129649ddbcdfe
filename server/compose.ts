import type { Logger } from 'pino';
import type { WorkflowDefinition } from '../workflows/definition/define-workflow.ts';
import { DevAuthenticator } from './auth/dev-authenticator.ts';
import { createAgent } from './create-agent.ts';
import { prepareWorkflows } from './domain/workflow.ts';
import type { Settings } from './settings/read-environment.ts';
import { PinoObserver } from './observability/pino-observer.ts';
import type { Dependencies } from './orchestrator/dependencies.ts';
import { InputDigests } from './orchestrator/input-digest.ts';
import type { Agent } from './orchestrator/ports/agent.ts';
import type { Authenticator } from './orchestrator/ports/authenticator.ts';
import type { Clock } from './orchestrator/ports/clock.ts';
import { noFaults } from './orchestrator/ports/fault-points.ts';
import type { FaultPoints } from './orchestrator/ports/fault-points.ts';
import { TurnGate } from './orchestrator/turn-gate.ts';
import { WatchGate } from './watch/watch-gate.ts';
import { randomIds } from './random-ids.ts';
import { openRedisAdapters } from './redis/redis-adapters.ts';
import type { FirstConnection } from './redis/redis-adapters.ts';
import type { RedisTarget } from './redis/connection/redis-target.ts';
import { systemClock } from './system-clock.ts';

export interface CompositionOptions {
  readonly settings: Settings;
  /** Checked already: see loadDefinitions. */
  readonly definitions: readonly WorkflowDefinition[];
  /** Where conversations are kept. */
  readonly redis: RedisTarget;
  readonly logger: Logger;
  /** What digests of inputs are keyed with where DIGEST_SECRET says nothing. @default a public one, which protects nothing */
  readonly ownDigestSecret?: string;
  /** In place of the configured one, for tools that bring their own. */
  readonly agent?: Agent;
  /** In place of the one that the settings choose. */
  readonly authenticator?: Authenticator;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default none: only tests fault a server's race windows */
  readonly faultPoints?: FaultPoints;
}

export interface Composition {
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  /** Resolves with how Redis was found at first; where it can't be reached, the server comes up all the same. */
  readonly firstConnection: Promise<FirstConnection>;
  /** Lets go of Redis. Commands under way fail. */
  readonly close: () => void;
}

/**
 * The composition root: the one place that knows which adapter stands behind each port.
 * @throws Error when there is no such agent as the settings say
 */
export async function compose({
  settings,
  definitions,
  redis: target,
  logger,
  ownDigestSecret,
  agent,
  authenticator = new DevAuthenticator(),
  clock = systemClock,
  faultPoints = noFaults,
}: CompositionOptions): Promise<Composition> {
  const chosenAgent = agent ?? (await createAgent(settings.agent, clock));
  const observer = new PinoObserver(logger);
  let isClosing = false;
  const adapters = openRedisAdapters({
    ...settings,
    ...{ target, clock, observer },
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
  const { turnTimeoutMs, turnWaitMaxMs, maxTurnsWaitingPerConversation, contextMaxChars } = settings;
  const dependencies: Dependencies = {
    workflows: prepareWorkflows(definitions),
    store: adapters.store,
    leases: adapters.leases,
    agent: chosenAgent,
    clock,
    ids: randomIds,
    observer,
    live: adapters.feed,
    feed: adapters.feed,
    digests: new InputDigests([
      ...settings.digestSecrets,
      // Still there to compare with where a secret has been set since.
      ...(ownDigestSecret === undefined ? [] : [ownDigestSecret]),
    ]),
    gate,
    watchers: new WatchGate(settings, gate.closing),
    faultPoints,
    settings: { turnTimeoutMs, turnWaitMaxMs, maxTurnsWaitingPerConversation, contextMaxChars },
  };
  return {
    dependencies,
    authenticator,
    firstConnection: adapters.firstConnection,
    close: () => {
      isClosing = true;
      adapters.close();
    },
  };
}
