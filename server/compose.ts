import type { Logger } from 'pino';
import type { WorkflowDefinition } from '../workflows/definition/define-workflow.ts';
import { createGuidedAgent } from './agents/guided/guided-agent.ts';
import { DevAuthenticator } from './auth/dev-authenticator.ts';
import { prepareWorkflows } from './domain/workflow.ts';
import type { Settings } from './environment.ts';
import { RedlockLeaseKeeper } from './lease/redlock-lease-keeper.ts';
import { PinoObserver } from './observability/pino-observer.ts';
import type { Dependencies } from './orchestrator/dependencies.ts';
import type { Agent } from './orchestrator/ports/agent.ts';
import type { Authenticator } from './orchestrator/ports/authenticator.ts';
import { TurnGate } from './orchestrator/turn-gate.ts';
import { randomIds } from './random-ids.ts';
import { connectRedis, firstConnection } from './redis/connect-redis.ts';
import { KeyBuilder } from './redis/conversation-keys.ts';
import { RedisWorkflowStateStore } from './store/redis/redis-workflow-state-store.ts';
import { systemClock } from './system-clock.ts';

export interface CompositionOptions {
  readonly settings: Settings;
  /** Checked already: see loadDefinitions. */
  readonly definitions: readonly WorkflowDefinition[];
  readonly redisUrl: string;
  readonly logger: Logger;
  /** In place of the configured one, for tools that bring their own. */
  readonly agent?: Agent;
}

export interface Composition {
  readonly dependencies: Dependencies;
  readonly authenticator: Authenticator;
  /** Resolves with whether Redis could be reached at first; if not, the server comes up all the same. */
  readonly firstConnection: Promise<boolean>;
  /** Lets go of Redis. Commands under way fail. */
  readonly close: () => void;
}

/** The composition root: the one place that knows which adapter stands behind each port. */
export function compose({ settings, definitions, redisUrl, logger, agent }: CompositionOptions): Composition {
  const observer = new PinoObserver(logger);
  let isClosing = false;
  const redis = connectRedis({
    url: redisUrl,
    commandTimeoutMs: settings.redisCommandTimeoutMs,
    onChange: (isReachable) => {
      if (!isClosing) observer.tell({ type: isReachable ? 'store.reachable' : 'store.unreachable' });
    },
  });
  const keys = new KeyBuilder(settings.redisPrefix);
  const dependencies: Dependencies = {
    workflows: prepareWorkflows(definitions),
    store: new RedisWorkflowStateStore({
      redis,
      keys,
      clock: systemClock,
      ttlSeconds: settings.workflowTtlSeconds,
      transcriptMaxTurns: settings.transcriptMaxTurns,
      openingMaxMs: settings.turnTimeoutMs + 10 * settings.lockTtlMs,
    }),
    leases: new RedlockLeaseKeeper({ redis, keys, clock: systemClock, observer, ttlMs: settings.lockTtlMs }),
    agent: agent ?? createGuidedAgent({ clock: systemClock }),
    clock: systemClock,
    ids: randomIds,
    observer,
    gate: new TurnGate(settings.maxTurnsInFlight),
    settings: { turnTimeoutMs: settings.turnTimeoutMs, contextMaxChars: settings.contextMaxChars },
  };
  return {
    dependencies,
    authenticator: new DevAuthenticator(),
    firstConnection: firstConnection(redis),
    close: () => {
      isClosing = true;
      redis.disconnect();
    },
  };
}
