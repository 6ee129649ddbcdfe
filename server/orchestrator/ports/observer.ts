import type { FailureReason } from '../../../contract/errors.ts';
import type { Timings, TokenUsage, TurnMetadata } from '../../../contract/results.ts';
import type { Outcome } from '../../../contract/workflow-state.ts';
import type { ConversationKey } from '../../domain/identity.ts';
import type { UnreadableFault } from '../../domain/stored-conversation.ts';
import type { AgentFailureOutcome } from '../../answer/agent-failure.ts';
import type { LimitReached } from './usage-limits.ts';

interface OfConversationKey {
  readonly key: ConversationKey;
}

interface OfTurn extends OfConversationKey {
  readonly turnId: string;
}

/**
 * An event of the server, for its log. Events carry ids, numbers, durations and reasons, never anything that a user or
 * an agent wrote (docs/architecture.md, Trust).
 */
export type TurnkeeperEvent =
  | ({ readonly type: 'turn.started'; readonly workflowId: string; readonly turnNumber: number } & OfTurn)
  | ({
      readonly type: 'lease.contended';
      /** The call got the lease, the result of the turn that it had to wait for, or neither. */
      readonly outcome: 'granted' | 'replayed' | 'refused';
      /** Time that the caller waited for the lease, in milliseconds. */
      readonly waitedMs: number;
      readonly call: 'turn' | 'end';
    } & OfConversationKey)
  /** A limit of the user, or of the tenant, had no room for a call. */
  | ({
      readonly type: 'limit.reached';
      readonly resource: LimitReached['resource'];
      readonly of: LimitReached['of'];
      readonly retryAfterMs: number;
    } & OfConversationKey)
  | ({ readonly type: 'lease.extended'; readonly extendedForMs: number } & OfConversationKey)
  | ({ readonly type: 'lease.lost'; readonly reason: FailureReason } & OfConversationKey)
  | ({ readonly type: 'agent.answered'; readonly durationMs: number; readonly activities: number } & OfTurn)
  | ({
      readonly type: 'agent.failed';
      readonly durationMs: number;
      readonly outcome: AgentFailureOutcome | 'abandoned';
      /** The reason, in words that nobody wrote. */
      readonly cause?: string;
    } & OfTurn)
  /** A definition's lookup of choices failed; the turn fails with it, or the value is stored unchecked. */
  | ({
      readonly type: 'choices.failed';
      readonly field: string;
      readonly outcome: 'timed-out' | 'failed';
      readonly durationMs: number;
    } & OfConversationKey)
  | ({
      readonly type: 'turn.committed';
      readonly workflowId: string;
      readonly turnNumber: number;
      readonly parse: TurnMetadata['parse'];
      /** The parts of the answer that had issues: `text`, `cards`. The issues themselves may quote the agent. */
      readonly parseIssuesIn: readonly string[];
      readonly rejectedFields: readonly string[];
      /** Absent where the agent counts no tokens. */
      readonly usage?: TokenUsage;
      readonly timings: Timings;
      readonly latencyMs: number;
    } & OfTurn)
  | ({ readonly type: 'turn.replayed'; readonly turnNumber: number; readonly latencyMs: number } & OfTurn)
  /** The turn ended without a commit; `isOutcomeUnknown` when the commit was sent and its reply lost. */
  | ({
      readonly type: 'turn.rolledBack';
      readonly reason: FailureReason;
      readonly isOutcomeUnknown: boolean;
      readonly latencyMs: number;
      /** The reason, in words that nobody wrote. */
      readonly cause?: string;
    } & OfTurn)
  | ({
      readonly type: 'conversation.ended';
      readonly outcome: Outcome;
      readonly isPurged: boolean;
      readonly latencyMs: number;
    } & OfConversationKey)
  /** A stored conversation can't be read (I12). A turn that met it ends in `turn.rolledBack` besides. */
  | ({
      readonly type: 'conversation.unreadable';
      /** The procedure, `workflow.get`. */
      readonly call: string;
      readonly fault: UnreadableFault;
    } & OfConversationKey)
  /** A call other than a turn failed, for a reason that is not the caller's. */
  | {
      readonly type: 'call.failed';
      /** The procedure, `workflow.get`. */
      readonly call: string;
      readonly reason: FailureReason;
      /** The reason, in words that nobody wrote. */
      readonly cause?: string;
    }
  /** The authenticator failed; the caller is given the id. */
  | {
      readonly type: 'authentication.failed';
      readonly errorId: string;
      /** The procedure, `workflow.get`. */
      readonly call: string;
      /** The reason, in words that nobody wrote. */
      readonly cause: string;
    }
  /** A service calls for a user of its tenant: whatever the call does, both are in the log. */
  | {
      readonly type: 'service.acts';
      readonly tenant: string;
      readonly user: string;
      /** The user id of the service. */
      readonly service: string;
      /** The procedure, `workflow.get`. */
      readonly call: string;
    }
  | { readonly type: 'issuer.reachable'; readonly issuer: string }
  /** The keys of an issuer can't be loaded. One event for each cause in a row, not one for each attempt. */
  | { readonly type: 'issuer.unreachable'; readonly issuer: string; readonly cause: string }
  | { readonly type: 'store.reachable' }
  /** The cause holds no secret. One event for each cause in a row, not one for each attempt to connect. */
  | { readonly type: 'store.unreachable'; readonly cause: string }
  /** The store may drop conversations before their time, by this eviction policy. */
  | { readonly type: 'store.evicts'; readonly policy: string }
  | { readonly type: 'error.unexpected'; readonly errorId: string; readonly error: unknown };

/**
 * Is told what happens on a server.
 *
 * @example
 * ```ts
 * const observer: Observer = { tell: ({ type }) => counts.set(type, (counts.get(type) ?? 0) + 1) };
 * ```
 */
export interface Observer {
  /** Must not throw and must not take long. */
  tell(event: TurnkeeperEvent): void;
}
