import { describe, expect, it } from 'vitest';
import superjson from 'superjson';
import { text } from '../contract/sample-workflows.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';
import { roomMs } from '../../support/time.ts';

const ada = { 'x-dev-user': 'ada', 'x-dev-tenant': 'acme' };

interface Frame {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

/** Watches as any client of server-sent events could, and reads frame by frame. */
async function openStream(url: string, input: object, headers: Readonly<Record<string, string>> = ada) {
  const leave = new AbortController();
  const encoded = encodeURIComponent(JSON.stringify({ json: input }));
  const response = await fetch(`${url}/trpc/workflow.watch?input=${encoded}`, {
    headers,
    signal: leave.signal,
  });
  const body: ReadableStream<Uint8Array> = response.body ?? new ReadableStream();
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffered = '';
  const next = async (): Promise<Frame | null> => {
    for (;;) {
      const end = /\n\n+/.exec(buffered);
      if (end !== null) {
        const block = buffered.slice(0, end.index);
        buffered = buffered.slice(end.index + end[0].length);
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? null;
        return { event: field('event') ?? 'message', id: field('id'), data: field('data') ?? '' };
      }
      const read = await reader.read();
      if (read.done) return null;
      buffered += decoder.decode(read.value, { stream: true });
    }
  };
  /** Resolves with the next frame of a kind, and its data. */
  const until = async (event: string): Promise<{ readonly id: string | null; readonly data: unknown }> => {
    for (;;) {
      const frame = await next();
      if (frame === null) throw new Error(`the stream ended before ${event}`);
      if (frame.event === event) return { id: frame.id, data: readData(frame.data) };
    }
  };
  return { response, next, until, leave: () => leave.abort() };
}

function readData(data: string): unknown {
  const parsed: unknown = data === '' ? null : JSON.parse(data);
  const isWrapped = typeof parsed === 'object' && parsed !== null && 'json' in parsed;
  return isWrapped ? superjson.deserialize(parsed as never) : parsed;
}

async function openConversation() {
  const agent = new HeldAgent();
  const server = await startTestServer({ agent });
  const say = async (words: string) => {
    const input = { conversationId: 'c', workflowId: 'survey', turnId: words, input: text(words) };
    const turn = post(server.url, 'workflow.turn', input, ada);
    (await agent.question()).answer();
    return turn;
  };
  await say('one');
  return { ...server, agent, say, [Symbol.asyncDispose]: () => server.stop() };
}

describe('a watch over HTTP', () => {
  it('is a stream that no proxy buffers, caches or compresses', async () => {
    await using server = await openConversation();
    const { response, leave } = await openStream(server.url, { conversationId: 'c' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform, no-store',
      'x-accel-buffering': 'no',
    });
    expect(response.headers.has('content-encoding')).toBe(false);
    leave();
  });

  it('tells the client when to give the connection up, and pings it before', async () => {
    await using server = await openConversation();
    const { until, leave } = await openStream(server.url, { conversationId: 'c' });
    expect((await until('connected')).data).toEqual({ reconnectAfterInactivityMs: 15_000 });
    await until('ping');
    leave();
  });

  it('continues after the id that an EventSource sends when it reconnects', async () => {
    await using server = await openConversation();
    const first = await openStream(server.url, { conversationId: 'c' });
    const { id } = await first.until('message');
    first.leave();
    await server.say('two');
    const second = await openStream(
      server.url,
      { conversationId: 'c' },
      { ...ada, 'last-event-id': id ?? '' },
    );
    expect((await second.until('message')).data).toEqual({ type: 'watch.started', turnNumber: 1 });
    expect((await second.until('message')).data).toMatchObject({
      type: 'turn.committed',
      messages: [{ id: '2.0' }, { id: '2.1' }],
    });
    second.leave();
  });

  it('tells why it can not be, as every call does, and nothing to others (I8)', async () => {
    await using server = await openConversation();
    const others = { 'x-dev-user': 'eve', 'x-dev-tenant': 'acme' };
    const { until, next } = await openStream(server.url, { conversationId: 'c' }, others);
    expect((await until('serialized-error')).data).toMatchObject({
      data: { code: 'NOT_FOUND', reason: 'WORKFLOW_NOT_FOUND', retryable: false },
    });
    expect(await next()).toBeNull();
  });

  it('frees its place as soon as the client has gone', async () => {
    await using server = await openConversation();
    const many = await Promise.all(
      Array.from({ length: 20 }, () => openStream(server.url, { conversationId: 'c' })),
    );
    for (const { until } of many) await until('message');
    const refused = await openStream(server.url, { conversationId: 'c' });
    expect((await refused.until('serialized-error')).data).toMatchObject({ data: { reason: 'OVERLOADED' } });
    for (const { leave } of many) leave();
    const isLetIn = async () => {
      const { next, leave } = await openStream(server.url, { conversationId: 'c' });
      await next();
      const frame = await next();
      leave();
      return frame?.event === 'message';
    };
    await expect.poll(isLetIn).toBe(true);
  });

  it('ends at once when the server is told to stop, which does not spend its grace on watchers', async () => {
    const server = await openConversation();
    const { until, next } = await openStream(server.url, { conversationId: 'c' });
    await until('message');
    const began = performance.now();
    const stopped = server.stop();
    expect((await until('serialized-error')).data).toMatchObject({ data: { reason: 'SHUTTING_DOWN' } });
    expect(await next()).toBeNull();
    await stopped;
    expect(performance.now() - began).toBeLessThan(roomMs);
  });

  it('writes nothing that was said to the log', async () => {
    await using server = await openConversation();
    const { until, leave } = await openStream(server.url, { conversationId: 'c' });
    await until('message');
    const turn = post(
      server.url,
      'workflow.turn',
      { conversationId: 'c', input: text('my secret words') },
      ada,
    );
    (await server.agent.question()).answer('their secret words');
    await turn;
    await until('message');
    leave();
    expect(server.logLines.join('\n')).not.toContain('secret words');
  });
});
