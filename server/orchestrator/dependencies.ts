import type { InputDigests } from './input-digest.ts';
import type { Agent } from './ports/agent.ts';
import type { Clock } from './ports/clock.ts';
import type { ConversationFeed } from './ports/conversation-feed.ts';
import type { CurrentWorkflows } from './ports/current-workflows.ts';
import type { FaultPoints } from './ports/fault-points.ts';
import type { Ids } from './ports/ids.ts';
import type { LeaseKeeper } from './ports/lease.ts';
import type { LiveObserver } from './ports/live-observer.ts';
import type { Observer } from './ports/observer.ts';
import type { UsageLimits } from './ports/usage-limits.ts';
import type { WorkflowStateStore } from './ports/workflow-state-store.ts';
import type { TurnGate } from './turn-gate.ts';
import type { WatchGate } from './watch-gate.ts';

interface TurnSettings {
  /** Time for the agent's part of a turn, in milliseconds. */
  readonly turnTimeoutMs: number;
  /** The longest that a call waits for others of its conversation, in milliseconds. */
  readonly turnWaitMaxMs: number;
  /** The number of calls that may wait for one conversation, on all servers together. */
  readonly maxTurnsWaitingPerConversation: number;
  /** Length of a query's preamble at most, in characters; the user's words do not count. */
  readonly contextMaxChars: number;
}

/** Everything that the orchestrator works with: ports only, no library. */
export interface Dependencies {
  readonly workflows: CurrentWorkflows;
  readonly store: WorkflowStateStore;
  readonly leases: LeaseKeeper;
  /** Null where no limit of users or tenants is set. */
  readonly usageLimits: UsageLimits | null;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly observer: Observer;
  readonly live: LiveObserver;
  readonly feed: ConversationFeed;
  readonly digests: InputDigests;
  readonly gate: TurnGate;
  readonly watchers: WatchGate;
  readonly faultPoints: FaultPoints;
  readonly settings: TurnSettings;
}
