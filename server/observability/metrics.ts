/**
 * The server's metrics, for Prometheus.
 *
 * The job: count the events of the orchestrator, and measure the server's load when somebody reads. The boundary: the
 * metrics are an observer like the log, so a turn does not know of them; `server/http/metrics-page.ts` serves them. It
 * keeps that
 * - every label's values are bounded: no label names a conversation, a user, a tenant, or anything that anybody wrote;
 * - units are base units: seconds and bytes.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { failureReasons } from '../../contract/errors.ts';
import type { FailureReason } from '../../contract/errors.ts';
import type { AgentFailureOutcome } from '../answer/agent-failure.ts';
import { limitedResources } from '../orchestrator/ports/usage-limits.ts';
import type { Observer, TurnkeeperEvent } from '../orchestrator/ports/observer.ts';

/** The state of a server at one time. */
export interface ServerLoad {
  readonly turnsInFlight: number;
  readonly turnsWaiting: number;
  readonly watchers: number;
  /** True: the server takes turns, as `/readyz` says. */
  readonly isReady: boolean;
}

/** From a turn of the guided agent, a few milliseconds, to the longest that a caller may have waited and asked. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const parts = ['wait', 'load', 'agent', 'commit'] as const;
const turnOutcomes = ['committed', 'replayed', 'rolled_back', 'refused'] as const;
const contentionOutcomes = ['granted', 'replayed', 'refused'] as const;
const reasons = Object.keys(failureReasons) as readonly FailureReason[];
const agentOutcomes = [
  'refused',
  'failed',
  'timed-out',
  'ambiguous',
  'empty',
  'abandoned',
] as const satisfies readonly (AgentFailureOutcome | 'abandoned')[];

/** The metrics of the process are the same for every server in it. Their observers of Node are never freed. */
let processMetrics: Registry | null = null;

function metricsOfTheProcess(): Registry {
  if (processMetrics === null) {
    processMetrics = new Registry();
    collectDefaultMetrics({ register: processMetrics });
  }
  return processMetrics;
}

export class Metrics implements Observer {
  readonly #registry = new Registry();
  readonly #process = metricsOfTheProcess();
  readonly #readLoad: () => Promise<ServerLoad>;
  #isStoreReachable = true;

  readonly #turns = this.#counter('turns_total', 'Turns by their outcome', ['outcome'], turnOutcomes);
  readonly #rollbacks = this.#counter(
    'turn_rollbacks_total',
    'Turns that ended without a commit, by reason',
    ['reason'],
    reasons,
  );
  readonly #unknown = this.#counter(
    'turn_outcomes_unknown_total',
    'Turns whose commit was sent and never confirmed; they count as rolled back too',
  );
  readonly #answers = this.#counter(
    'turn_answers_total',
    "Committed turns by how the agent's answer was read",
    ['parse'],
    ['structured', 'passthrough', 'invalid'],
  );
  readonly #tokens = this.#counter(
    'model_tokens_total',
    'Tokens of committed turns, as the endpoint of the model counts them',
    ['kind'],
    ['input', 'output'],
  );
  readonly #turnSeconds = this.#histogram('turn_duration_seconds', 'Whole committed turns', ['workflow_id']);
  readonly #partSeconds = this.#histogram(
    'turn_part_duration_seconds',
    'Parts of committed turns: wait for other calls, load, agent, commit',
    ['part'],
  );
  readonly #contention = this.#counter(
    'lease_contention_total',
    'Calls that met another of their conversation',
    ['call', 'outcome'],
  );
  readonly #limitsReached = this.#counter(
    'limits_reached_total',
    'Calls that a limit of their user or their tenant refused',
    ['resource', 'of'],
  );
  readonly #leasesLost = this.#counter('leases_lost_total', 'Leases lost while their call ran, by reason', [
    'reason',
  ]);
  readonly #agentSeconds = this.#histogram(
    'agent_answer_duration_seconds',
    'Complete answers of the agent',
    [],
  );
  readonly #agentFailures = this.#counter(
    'agent_failures_total',
    'Calls of the agent without an answer that counts, by how they failed',
    ['outcome'],
    agentOutcomes,
  );
  readonly #ended = this.#counter(
    'conversations_ended_total',
    'Conversations that a call ended, by outcome',
    ['outcome'],
    ['completed', 'cancelled'],
  );
  readonly #unreadable = this.#counter('conversations_unreadable_total', 'Calls that met unreadable data', [
    'procedure',
  ]);
  readonly #failedCalls = this.#counter(
    'calls_failed_total',
    'Calls other than turns that the server failed',
    ['procedure', 'reason'],
  );
  readonly #authenticationFailures = this.#counter(
    'authentication_failures_total',
    'Calls whose authenticator failed, which is not the same as refused',
    ['procedure'],
  );
  readonly #outages = this.#counter('redis_outages_total', 'Times that Redis became unreachable');
  readonly #evictions = this.#counter(
    'redis_eviction_warnings_total',
    'Times that Redis was found to evict conversations before they expire',
  );
  readonly #unexpected = this.#counter(
    'unexpected_errors_total',
    'Errors that nobody foresaw; the log has each',
  );
  readonly #inFlight = this.#gauge('turns_in_flight', 'Turns and ends that run now');
  readonly #waiting = this.#gauge('turns_waiting', 'Calls that wait now for others of their conversation');
  readonly #watchers = this.#gauge('watchers', 'Watchers now');
  readonly #ready = this.#gauge('ready', '1 if the server takes turns, as /readyz says; otherwise 0');

  /** @param readLoad called for each reading */
  constructor(readLoad: () => Promise<ServerLoad>) {
    this.#readLoad = readLoad;
    for (const call of ['turn', 'end'])
      for (const outcome of contentionOutcomes) this.#contention.inc({ call, outcome }, 0);
    for (const resource of limitedResources)
      for (const of of ['user', 'tenant']) this.#limitsReached.inc({ resource, of }, 0);
    for (const part of parts) this.#partSeconds.zero({ part });
  }

  /** The media type of what `read` returns. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all metrics in Prometheus' text format. */
  async read(): Promise<string> {
    const { turnsInFlight, turnsWaiting, watchers, isReady } = await this.#readLoad();
    this.#inFlight.set(turnsInFlight);
    this.#waiting.set(turnsWaiting);
    this.#watchers.set(watchers);
    this.#ready.set(isReady ? 1 : 0);
    const [own, ofTheProcess] = await Promise.all([this.#registry.metrics(), this.#process.metrics()]);
    return own + ofTheProcess;
  }

  tell(event: TurnkeeperEvent): void {
    switch (event.type) {
      case 'turn.committed': {
        const { waitMs, loadMs, agentMs, commitMs } = event.timings;
        this.#turns.inc({ outcome: 'committed' });
        this.#answers.inc({ parse: event.parse });
        this.#tokens.inc({ kind: 'input' }, event.usage?.inputTokens ?? 0);
        this.#tokens.inc({ kind: 'output' }, event.usage?.outputTokens ?? 0);
        this.#turnSeconds.observe({ workflow_id: event.workflowId }, event.latencyMs / 1000);
        this.#partSeconds.observe({ part: 'wait' }, waitMs / 1000);
        this.#partSeconds.observe({ part: 'load' }, loadMs / 1000);
        this.#partSeconds.observe({ part: 'agent' }, agentMs / 1000);
        this.#partSeconds.observe({ part: 'commit' }, commitMs / 1000);
        break;
      }
      case 'turn.replayed':
        this.#turns.inc({ outcome: 'replayed' });
        break;
      case 'turn.rolledBack':
        this.#turns.inc({ outcome: 'rolled_back' });
        this.#rollbacks.inc({ reason: event.reason });
        if (event.isOutcomeUnknown) this.#unknown.inc();
        break;
      case 'lease.contended':
        this.#contention.inc({ call: event.call, outcome: event.outcome });
        // A turn that met another and gave up has no line of its own.
        if (event.call === 'turn' && event.outcome === 'refused') this.#turns.inc({ outcome: 'refused' });
        break;
      case 'limit.reached':
        this.#limitsReached.inc({ resource: event.resource, of: event.of });
        break;
      case 'lease.lost':
        this.#leasesLost.inc({ reason: event.reason });
        break;
      case 'agent.answered':
        this.#agentSeconds.observe(event.durationMs / 1000);
        break;
      case 'agent.failed':
        this.#agentFailures.inc({ outcome: event.outcome });
        break;
      case 'conversation.ended':
        this.#ended.inc({ outcome: event.outcome });
        break;
      case 'conversation.unreadable':
        this.#unreadable.inc({ procedure: event.call });
        break;
      case 'call.failed':
        this.#failedCalls.inc({ procedure: event.call, reason: event.reason });
        break;
      case 'authentication.failed':
        this.#authenticationFailures.inc({ procedure: event.call });
        break;
      case 'store.reachable':
        this.#isStoreReachable = true;
        break;
      case 'store.unreachable':
        // One outage can have several causes in a row.
        if (this.#isStoreReachable) this.#outages.inc();
        this.#isStoreReachable = false;
        break;
      case 'store.evicts':
        this.#evictions.inc();
        break;
      case 'error.unexpected':
        this.#unexpected.inc();
        break;
      case 'turn.started':
      case 'choices.failed':
      case 'lease.extended':
      case 'service.acts':
      case 'issuer.reachable':
      case 'issuer.unreachable':
        break;
    }
  }

  /** @param values the values of the one label, where they are known: they are then 0 from the start */
  #counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    values: readonly string[] = [],
  ): Counter<Label> {
    const counter = new Counter({
      name: `turnkeeper_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
    });
    const [label] = labelNames;
    if (label !== undefined) for (const value of values) counter.labels(value).inc(0);
    return counter;
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Histogram<Label> {
    const buckets = secondsBuckets;
    return new Histogram({
      name: `turnkeeper_${name}`,
      help,
      labelNames,
      buckets,
      registers: [this.#registry],
    });
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `turnkeeper_${name}`, help, registers: [this.#registry] });
  }
}
