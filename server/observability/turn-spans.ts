import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { ConversationKey } from '../domain/identity.ts';
import type { TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
import { attributesOf, spanNames } from './span-names.ts';
import type { TurnOutcome } from './span-names.ts';

interface TurnToTrace {
  readonly key: ConversationKey;
  readonly turnId: string;
  /** Time that the turn has run for already, in milliseconds. */
  readonly sinceMs: number;
}

/**
 * The spans of one turn: the turn, and inside it lease, load, agent and commit. The turn's and the agent's are open while
 * they run, because other spans belong into them; the others are made when they are over, with their times given.
 */
export class TurnSpans {
  readonly #tracer: Tracer;
  readonly #turn: Span;
  readonly #inTurn: Context;
  readonly key: ConversationKey;
  readonly #began: number;
  /** Added to the monotonic clock, whose parts of a millisecond count here. */
  readonly #epoch: number;
  #isLoaded = false;
  #agent: { readonly span: Span; readonly context: Context } | null = null;
  #answeredAt: number | null = null;

  constructor(tracer: Tracer, parent: Context, { key, turnId, sinceMs }: TurnToTrace) {
    this.#tracer = tracer;
    this.key = key;
    this.#epoch = Date.now() - performance.now();
    this.#began = this.now() - sinceMs;
    // A local span around it, of an HTTP instrumentation say, is the request's already.
    const isEntry = trace.getSpanContext(parent)?.isRemote !== false;
    this.#turn = tracer.startSpan(
      spanNames.turn,
      {
        kind: isEntry ? SpanKind.SERVER : SpanKind.INTERNAL,
        startTime: this.#began,
        attributes: attributesOf.turn(key, turnId),
      },
      parent,
    );
    this.#inTurn = trace.setSpan(parent, this.#turn);
  }

  /** Milliseconds since the epoch, with parts. */
  now(): number {
    return this.#epoch + performance.now();
  }

  /** The try for the lease that began at `triedAt` has loaded the conversation: before it, the call waited. */
  loaded(triedAt: number): void {
    this.#isLoaded = true;
    this.#past(spanNames.lease, this.#began, triedAt);
    this.#past(spanNames.load, triedAt, this.now());
  }

  /** Runs a part of the agent's call inside its span, so that the trace's context goes along with a request. */
  inAgent<Result>(agentName: string, run: () => Result): Result {
    if (this.#agent === null) {
      const options = {
        kind: SpanKind.CLIENT,
        startTime: this.now(),
        attributes: attributesOf.agent(agentName, this.key),
      };
      const span = this.#tracer.startSpan(spanNames.agent(agentName), options, this.#inTurn);
      this.#agent = { span, context: trace.setSpan(this.#inTurn, span) };
    }
    return context.with(this.#agent.context, run);
  }

  /** @returns true if the turn is over, and so are its spans */
  tell(event: TurnkeeperEvent): boolean {
    switch (event.type) {
      case 'turn.started':
        this.#turn.setAttributes(attributesOf.started(event));
        return false;
      case 'agent.answered':
        this.#answeredAt = this.now();
        this.#agent?.span.setAttributes(attributesOf.answered(event)).end(this.#answeredAt);
        return false;
      case 'agent.failed':
        if (this.#agent !== null) fail(this.#agent.span, event.outcome).end(this.now());
        return false;
      case 'turn.committed':
        this.#turn.setAttributes(attributesOf.committed(event));
        this.#over('committed', null);
        return true;
      case 'turn.replayed':
        this.#over('replayed', null);
        return true;
      case 'turn.rolledBack':
        this.#over('rolled_back', event.reason);
        return true;
      case 'lease.contended':
        if (event.outcome !== 'refused') return false;
        this.#over('refused', 'TURN_IN_PROGRESS');
        return true;
      case 'limit.reached':
      case 'choices.failed':
      case 'lease.extended':
      case 'lease.lost':
      case 'conversation.ended':
      case 'conversation.unreadable':
      case 'call.failed':
      case 'authentication.failed':
      case 'service.acts':
      case 'issuer.reachable':
      case 'issuer.unreachable':
      case 'store.reachable':
      case 'store.unreachable':
      case 'store.evicts':
      case 'error.unexpected':
        return false;
    }
  }

  #over(outcome: TurnOutcome, reason: string | null): void {
    const now = this.now();
    if (!this.#isLoaded) this.#past(spanNames.lease, this.#began, now, reason);
    if (this.#answeredAt !== null) this.#past(spanNames.commit, this.#answeredAt, now, reason);
    this.#turn.setAttributes(attributesOf.outcome(outcome));
    if (reason !== null) fail(this.#turn, reason);
    this.#turn.end(now);
  }

  #past(name: string, startTime: number, endTime: number, reason: string | null = null): void {
    const span = this.#tracer.startSpan(name, { startTime }, this.#inTurn);
    if (reason !== null) fail(span, reason);
    span.end(endTime);
  }
}

function fail(span: Span, reason: string): Span {
  return span
    .setAttributes(attributesOf.error(reason))
    .setStatus({ code: SpanStatusCode.ERROR, message: reason });
}
