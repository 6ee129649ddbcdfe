/**
 * Traces of turns, through OpenTelemetry's API.
 *
 * The job: give each request its own copies of three ports (leases, agent, observer) which make the spans of the request's
 * turns. The boundary: an SDK, which the operator loads before the server, decides what becomes of spans; without one
 * nothing here runs. The orchestrator does not know of it. It keeps that
 * - a turn's span is a child of the request's `traceparent`, or of the span that the SDK has made for the request;
 * - the agent is called inside the span of its call, so that its request carries a `traceparent`.
 *
 * The copies know their request, so no context has to be found by asynchronous storage, and a turn without an SDK costs
 * nothing.
 */
import { ROOT_CONTEXT, context, isSpanContextValid, propagation, trace } from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';
import type { Activity } from '../answer/activity.ts';
import type { ConversationKey, Identity } from '../domain/identity.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Agent, AgentCallOptions } from '../orchestrator/ports/agent.ts';
import type { RequestHeaders } from '../orchestrator/ports/authenticator.ts';
import type { LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
import { instrumentationName, spanNames } from './span-names.ts';
import { TurnSpans } from './turn-spans.ts';

/** Returns a request's own dependencies. */
export type TraceRequest = (dependencies: Dependencies, headers: RequestHeaders) => Dependencies;

/** Returns null if there is no SDK to send spans to: it must be registered before the server starts. */
export function openTracing(): TraceRequest | null {
  const tracer = trace.getTracer(instrumentationName);
  // Without an SDK a span has no id. This one is never ended, so that no SDK exports it.
  const probe = tracer.startSpan(spanNames.turn, {}, ROOT_CONTEXT);
  if (!isSpanContextValid(probe.spanContext())) return null;
  return (dependencies, headers) => traced(dependencies, tracer, parentOf(headers));
}

/**
 * An instrumentation of HTTP has read the headers already, and its span is the nearer parent. Baggage is left behind: a
 * caller's words must not reach the agent in a header.
 */
function parentOf(headers: RequestHeaders): Context {
  const active = context.active();
  const parent = trace.getSpan(active) === undefined ? propagation.extract(active, headers) : active;
  return propagation.deleteBaggage(parent);
}

function traced(dependencies: Dependencies, tracer: Tracer, parent: Context): Dependencies {
  const { leases, agent, observer } = dependencies;
  const turns = new RequestTurns(tracer, parent);
  return {
    ...dependencies,
    leases: tracedLeases(leases, turns),
    agent: tracedAgent(agent, turns),
    observer: {
      tell: (event) => {
        observer.tell(event);
        turns.tell(event);
      },
    },
  };
}

/** The turns of one request that run: a batch has several. Of two with one id, only the first has spans. */
class RequestTurns {
  readonly #tracer: Tracer;
  readonly #parent: Context;
  readonly #running = new Map<string, TurnSpans>();

  constructor(tracer: Tracer, parent: Context) {
    this.#tracer = tracer;
    this.#parent = parent;
  }

  /** Returns the spans of a turn, which begin now unless they have begun. */
  begin(key: ConversationKey, turnId: string): TurnSpans {
    const spans =
      this.#running.get(turnId) ?? new TurnSpans(this.#tracer, this.#parent, { key, turnId, sinceMs: 0 });
    this.#running.set(turnId, spans);
    return spans;
  }

  /** Returns the turn on whose behalf an agent is called. */
  askedFor(identity: Identity): TurnSpans | undefined {
    const all = [...this.#running.values()];
    return all.length === 1 ? all[0] : all.find(({ key }) => key === identity);
  }

  tell(event: TurnkeeperEvent): void {
    if (event.type === 'lease.contended') {
      // The event of a turn that was refused names the conversation only.
      for (const [turnId, spans] of this.#running) {
        const isIt = this.#running.size === 1 || spans.key === event.key;
        if (isIt && spans.tell(event)) this.#running.delete(turnId);
      }
      return;
    }
    if (!('turnId' in event)) return;
    const { key, turnId } = event;
    const spans = this.#running.get(turnId);
    if (spans !== undefined) {
      if (spans.tell(event)) this.#running.delete(turnId);
    } else if (event.type === 'turn.rolledBack') {
      // The server had no room for it, so that it never asked for a lease.
      new TurnSpans(this.#tracer, this.#parent, { key, turnId, sinceMs: event.latencyMs }).tell(event);
    }
  }
}

function tracedLeases(leases: LeaseKeeper, turns: RequestTurns): LeaseKeeper {
  return {
    acquire: async (key, ticket, request) => {
      if (ticket.turnId === null) return leases.acquire(key, ticket, request);
      const spans = turns.begin(key, ticket.turnId);
      const triedAt = spans.now();
      const acquired = await leases.acquire(key, ticket, request);
      if (acquired.kind === 'granted' || acquired.loaded.committedTurn !== null) spans.loaded(triedAt);
      return acquired;
    },
    enqueue: (key, ticket, options) => leases.enqueue(key, ticket, options),
    interrupt: (key, ticket, owner) => leases.interrupt(key, ticket, owner),
    stop: (key, turnId) => leases.stop(key, turnId),
    isReachable: () => leases.isReachable(),
  };
}

function tracedAgent(agent: Agent, turns: RequestTurns): Agent {
  const { name, historyTurns } = agent;
  const inSpan = <Result>({ identity }: AgentCallOptions, run: () => Result): Result => {
    const spans = turns.askedFor(identity);
    return spans === undefined ? run() : spans.inAgent(name, run);
  };
  return {
    name,
    ...(historyTurns === undefined ? {} : { historyTurns }),
    open: (options) => inSpan(options, () => agent.open(options)),
    send: (request, options) => {
      const inside = <Result>(run: () => Result): Result => inSpan(options, run);
      return eachInside(
        inside(() => agent.send(request, options)),
        inside,
      );
    },
  };
}

/** A generator's code runs in the context of whoever asks it for the next item. */
function eachInside(
  stream: ReturnType<Agent['send']>,
  inside: <Result>(run: () => Result) => Result,
): ReturnType<Agent['send']> {
  const each: AsyncIterable<Activity, unknown> = {
    [Symbol.asyncIterator]: () => {
      const items: AsyncIterator<Activity, unknown> = stream[Symbol.asyncIterator]();
      return {
        next: () => inside(() => items.next()),
        return: (value) =>
          inside(() => items.return?.(value) ?? Promise.resolve({ done: true as const, value })),
      };
    },
  };
  // It ends as the agent's own stream does.
  return each as ReturnType<Agent['send']>;
}
