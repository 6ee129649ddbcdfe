import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
  hrTimeToMilliseconds,
} from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAiCompatibleAgent } from '../../../server/agents/openai-compatible/openai-compatible-agent.ts';
import { openTracing } from '../../../server/observability/tracing.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { startOpenAiServer } from '../../support/openai-server/openai-server.ts';
import { saysJson } from '../../support/openai-server/replies.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
});

// Other files share this process.
afterAll(() => {
  for (const api of [trace, context, propagation]) api.disable();
});

beforeEach(() => exporter.reset());

const turn = (turnId: string, more: object = {}) => ({
  conversationId: 'c',
  workflowId: 'travel',
  turnId,
  input: { type: 'text', text: 'users-words' },
  ...more,
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerSpanId}-01`;

/** Resolves with the finished spans of a turn once the turn's own is among them. */
async function spansOf(turnId: string) {
  const find = () =>
    exporter.getFinishedSpans().find(({ attributes }) => attributes['turnkeeper.turn.id'] === turnId);
  await expect.poll(find).toBeDefined();
  const whole = find();
  if (whole === undefined) throw new Error('the turn has no span');
  const children = exporter
    .getFinishedSpans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === whole.spanContext().spanId);
  return { whole, children, names: children.map(({ name }) => name).toSorted() };
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`there is no span ${name}`);
  return found;
}

const startOf = ({ startTime }: ReadableSpan) => hrTimeToMilliseconds(startTime);
const endOf = ({ endTime }: ReadableSpan) => hrTimeToMilliseconds(endTime);

describe('the spans of a turn', () => {
  it('are lease, load, agent and commit inside the turn, one after the other', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'agents-words', data: { nights: 2 } });
    const began = Date.now();
    await post(server.url, 'workflow.turn', turn('t1'));
    const { whole, children, names } = await spansOf('t1');
    expect(names).toEqual(['invoke_agent scripted', 'turn.commit', 'turn.lease', 'turn.load']);
    expect(whole).toMatchObject({
      name: 'turn',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.workflow.name': 'travel',
        'gen_ai.conversation.id': 'c',
        'turnkeeper.turn.number': 1,
        'turnkeeper.turn.outcome': 'committed',
        'turnkeeper.answer.parse': 'structured',
      },
    });
    expect(named(children, 'invoke_agent scripted')).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'scripted' },
    });
    const order = ['turn.lease', 'turn.load', 'invoke_agent scripted', 'turn.commit'];
    const times = order.flatMap((name) => [startOf(named(children, name)), endOf(named(children, name))]);
    expect([startOf(whole), ...times, endOf(whole)]).toEqual(
      [startOf(whole), ...times, endOf(whole)].toSorted((one, other) => one - other),
    );
    // A clock in whole milliseconds has read the first of them.
    expect(startOf(whole)).toBeGreaterThan(began - 2);
    expect(endOf(whole)).toBeLessThan(Date.now() + 2);
  });

  it('hold nothing that anybody wrote, and no user', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer(
      { text: 'agents-words', data: { destination: 'fields-value', nights: 'rejected-value' } },
      new Error('agents-words'),
    );
    const as = { 'x-dev-user': 'ann@example.com', authorization: 'Bearer users-token' };
    await post(server.url, 'workflow.turn', turn('t1'), as);
    await post(server.url, 'workflow.turn', turn('t2'), as);
    await spansOf('t2');
    const told = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({
        ...{ name, attributes, events, status },
      })),
    );
    expect(told).toContain('gen_ai.conversation.id');
    for (const secret of ['users-', 'agents-', 'fields-', 'rejected-', 'ann@'])
      expect(told).not.toContain(secret);
  });

  it('belong to the trace of the request', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Yes' });
    await post(server.url, 'workflow.turn', turn('t1'), { traceparent });
    const { whole, children } = await spansOf('t1');
    expect(whole.parentSpanContext).toMatchObject({ traceId, spanId: callerSpanId, isRemote: true });
    expect(new Set(children.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
  });

  it('are parents of what the agent asks over HTTP, which gets no baggage of the caller', async () => {
    await using model = await startOpenAiServer();
    model.otherwise(saysJson({ prompt: 'Yes' }));
    const agent = createOpenAiCompatibleAgent({
      ...{ baseUrl: model.baseUrl, model: 'test-model', apiKey: null, structuredOutput: 'auto' },
      ...{ historyMaxTokens: 0, clock: systemClock },
    });
    await using server = await startTestServer({ agent });
    const headers = { traceparent, baggage: 'secret=users-words' };
    const answered = await post(server.url, 'workflow.turn', turn('t1'), headers);
    expect(answered.error).toBeNull();
    const { children } = await spansOf('t1');
    const { spanId } = named(children, 'invoke_agent openai-compatible').spanContext();
    expect(model.requests.map((request) => request.headers['traceparent'])).toEqual([
      `00-${traceId}-${spanId}-01`,
    ]);
    expect(model.requests[0]?.headers).not.toHaveProperty('baggage');
  });
});

describe('a turn that fails', () => {
  it('has the reason as its status, and so has the call of the agent', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer(new AgentFailure('refused', 'throttled'));
    await post(server.url, 'workflow.turn', turn('t1'));
    const { whole, children, names } = await spansOf('t1');
    expect(names).toEqual(['invoke_agent scripted', 'turn.lease', 'turn.load']);
    expect(whole.status).toEqual({ code: SpanStatusCode.ERROR, message: 'AGENT_FAILED' });
    expect(whole.attributes).toMatchObject({
      'error.type': 'AGENT_FAILED',
      'turnkeeper.turn.outcome': 'rolled_back',
    });
    expect(named(children, 'invoke_agent scripted').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'refused',
    });
  });

  it('has a lease that failed, if it was refused one', async () => {
    const agent = new HeldAgent();
    await using server = await startTestServer({ agent });
    const running = post(server.url, 'workflow.turn', turn('t1'));
    const question = await agent.question();
    await post(server.url, 'workflow.turn', turn('t2'));
    const { whole, children, names } = await spansOf('t2');
    expect(names).toEqual(['turn.lease']);
    expect(children[0]?.status.message).toBe('TURN_IN_PROGRESS');
    expect(whole.attributes['turnkeeper.turn.outcome']).toBe('refused');
    question.answer();
    await running;
    expect((await spansOf('t1')).whole.attributes['turnkeeper.turn.outcome']).toBe('committed');
  });

  it('has a span even if the server had no room for it', async () => {
    const agent = new HeldAgent();
    await using server = await startTestServer({ agent, env: { MAX_TURNS_IN_FLIGHT: '1' } });
    const running = post(server.url, 'workflow.turn', turn('t1'));
    const question = await agent.question();
    await post(server.url, 'workflow.turn', turn('t2', { conversationId: 'other' }));
    expect((await spansOf('t2')).whole.status.message).toBe('OVERLOADED');
    question.answer();
    await running;
  });
});

describe('other turns', () => {
  it('that are replayed have neither agent nor commit', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Yes' });
    await post(server.url, 'workflow.turn', turn('t1'));
    await spansOf('t1');
    exporter.reset();
    await post(server.url, 'workflow.turn', turn('t1'));
    const { whole, names } = await spansOf('t1');
    expect(names).toEqual(['turn.lease', 'turn.load']);
    expect(whole.attributes['turnkeeper.turn.outcome']).toBe('replayed');
  });

  it('of one batch have a span each, with their own agent', async () => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Yes' }, { text: 'Yes' });
    const inputOf = (id: string) => ({ json: turn(`t-${id}`, { conversationId: id }) });
    await fetch(`${server.url}/trpc/workflow.turn,workflow.turn?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ 0: inputOf('a'), 1: inputOf('b') }),
    });
    for (const id of ['a', 'b']) {
      const { children } = await spansOf(`t-${id}`);
      const asked = children.filter(({ name }) => name.startsWith('invoke_agent'));
      expect(asked.map(({ attributes }) => attributes['gen_ai.conversation.id'])).toEqual([id]);
    }
  });
});

describe('without an SDK', () => {
  it('nothing is traced', () => {
    expect(openTracing()).not.toBeNull();
    trace.disable();
    expect(openTracing()).toBeNull();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
  });
});
