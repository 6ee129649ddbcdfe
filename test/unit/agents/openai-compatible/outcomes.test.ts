import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createOpenAiCompatibleAgent } from '../../../../server/agents/openai-compatible/openai-compatible-agent.ts';
import { AgentFailure } from '../../../../server/answer/agent-failure.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import { ManualClock } from '../../../../server/testing/manual-clock.ts';
import {
  contentChunk,
  done,
  event,
  finishChunk,
  opening,
  usageChunk,
} from '../../../support/openai-server/chunks.ts';
import type { Reply } from '../../../support/openai-server/exchange.ts';
import {
  answers,
  dropsAfter,
  drips,
  endsWith,
  fails,
  fallsSilentAfter,
  neverBegins,
  redirectsTo,
  says,
  streams,
} from '../../../support/openai-server/replies.ts';
import { answerOf, callOptions, requestOf } from '../../../../server/testing/agent-call.ts';
import { apiKey, messagesOf, startAgent, visit } from './start-agent.ts';

const half = [opening, contentChunk('A secret half of an ans')];

/** Returns the turn's failure when the endpoint replies like this. */
async function failureOf(reply: Reply): Promise<AgentFailure> {
  await using world = await startAgent({ structuredOutput: 'text' });
  world.server.reply(reply);
  const failure: unknown = await world.ask().catch((error: unknown) => error);
  expect(world.server.requests).toHaveLength(1);
  if (failure instanceof AgentFailure) return failure;
  throw new Error('it did not fail as an agent does', { cause: failure });
}

describe('an answer that never begins', () => {
  it.each([
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [413, 'refused'],
    [421, 'refused'],
    [422, 'refused'],
    [429, 'refused'],
    [500, 'failed'],
    [502, 'failed'],
    [503, 'failed'],
  ])('with HTTP %i is %s', async (status, outcome) => {
    const failure = await failureOf(fails(status));
    expect(failure).toMatchObject({ outcome, message: `the service answered HTTP ${status}` });
    expect(failure.retryAfterMs).toBeUndefined();
  });

  it.each([429, 503])('with HTTP %i says when to come again', async (status) => {
    expect((await failureOf(fails(status, 'busy', { 'retry-after': '7' }))).retryAfterMs).toBe(7_000);
  });

  it('counts the date of a Retry-After from its clock', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 5, 9, 0, 0));
    await using world = await startAgent({ clock });
    world.server.reply(fails(503, 'busy', { 'retry-after': 'Mon, 05 Jan 2026 09:01:30 GMT' }));
    const options = callOptions({ deadlineAt: clock.now() + 30_000 });
    await expect(world.ask({}, options)).rejects.toMatchObject({ outcome: 'failed', retryAfterMs: 90_000 });
  });

  it('is refused where nothing listens', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const agent = createOpenAiCompatibleAgent({
      ...{ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey, model: 'test-model' },
      ...{ structuredOutput: 'auto', historyMaxTokens: 4_000, clock: systemClock },
    });
    const request = requestOf(visit, { input: { type: 'open' }, agentConversationId: 'x' });
    await expect(answerOf(agent, request)).rejects.toMatchObject({
      outcome: 'refused',
      message: "the service can't be reached (ECONNREFUSED)",
    });
  });

  it('is ambiguous where the connection is cut before it', async () => {
    expect(await failureOf(({ response }) => void response.destroy())).toMatchObject({
      outcome: 'ambiguous',
    });
  });

  it('is refused where the service redirects, and the other host hears nothing', async () => {
    await using other = await startAgent();
    for (const status of [301, 302, 303, 307, 308]) {
      expect(await failureOf(redirectsTo(`${other.server.baseUrl}/chat/completions`, status))).toMatchObject({
        outcome: 'refused',
        message: `the service redirects (HTTP ${status}), which is not followed`,
      });
    }
    expect(other.server.connections()).toBe(0);
  });

  it.each([
    ['a page', answers(200, 'text/html', '<h1>It works!</h1>')],
    ['JSON', answers(200, 'application/json', '{"choices":[{"message":{"content":"Hello"}}]}')],
    ['nothing', ({ response }: Parameters<Reply>[0]) => void response.writeHead(204).end()],
  ])('with %s in place of an event stream is a failure', async (_what, reply) => {
    expect(await failureOf(reply)).toMatchObject({ outcome: 'failed' });
  });
});

describe('an answer that is not whole', () => {
  it.each([
    ['is cut off', dropsAfter(...half)],
    ['is cut off before its first chunk', dropsAfter()],
    ['ends without [DONE] and without a finish reason', streams(...half)],
    ['ends with [DONE], but without a finish reason', streams(...half, done)],
    ['is an empty stream', streams()],
    [
      'holds a chunk that is not JSON',
      streams(...half, 'data: {"choices":[{"delta":\n\n', finishChunk('stop')),
    ],
    ['holds a chunk that is no object', streams(...half, 'data: 17\n\n', finishChunk('stop'), done)],
  ])('is ambiguous where it %s', async (_how, reply) => {
    expect(await failureOf(reply)).toMatchObject({ outcome: 'ambiguous' });
  });

  it.each([
    ['length', "the answer was cut off at the model's length limit"],
    ['content_filter', "the answer was stopped by the service's content filter"],
    ['tool_calls', 'the model called a tool, and it has none'],
    ['function_call', 'the model called a tool, and it has none'],
    ['boredom', 'the answer ended for a reason that is not known'],
  ])('is a failure where its finish reason is %s', async (reason, message) => {
    expect(await failureOf(endsWith(reason))).toMatchObject({ outcome: 'failed', message });
  });

  it('is a failure where the service reports an error in it', async () => {
    const error = event({ error: { message: 'the GPU fell off', code: 500 } });
    expect(await failureOf(streams(...half, error, done))).toMatchObject({ outcome: 'failed' });
  });

  it.each(['', ' \n '])('is empty where it holds nothing but %j', async (content) => {
    expect(await failureOf(says(content))).toMatchObject({ outcome: 'empty' });
  });
});

describe('an answer that is whole', () => {
  it.each([
    ['[DONE] is missing', streams(...half, finishChunk('stop'))],
    ['the last event is not closed', streams(...half, finishChunk('stop').trimEnd())],
    ['the connection is cut after it', dropsAfter(...half, finishChunk('stop'))],
    ['the stream is never closed', fallsSilentAfter(...half, finishChunk('stop'), usageChunk)],
    [
      'its lines end like on Windows',
      streams([...half, finishChunk('stop'), done].join('').replaceAll('\n', '\r\n')),
    ],
  ])('stands, though %s', async (_how, reply) => {
    await using world = await startAgent({ structuredOutput: 'text' });
    world.server.reply(reply);
    expect(messagesOf(await world.ask())).toMatchObject([{ text: 'A secret half of an ans' }]);
  });
});

describe('time', () => {
  it.each([
    ['does not begin', neverBegins],
    ['falls silent', fallsSilentAfter(...half)],
    ['drips', drips(endlessComments())],
  ])('ends at the deadline for an endpoint that %s, and the connection is closed', async (_how, reply) => {
    const clock = new ManualClock();
    await using world = await startAgent({ clock });
    world.server.reply(reply);
    const answer = world.ask({}, callOptions({ deadlineAt: clock.now() + 30_000 }));
    const settled = answer.catch((error: unknown) => error);
    await world.server.received(1);
    clock.advance(30_000);
    expect(await settled).toMatchObject({ outcome: 'timed-out' });
    await world.server.left(1);
  });

  it('does not matter once the turn is aborted: the abort reason counts', async () => {
    await using world = await startAgent();
    world.server.reply(fallsSilentAfter(...half));
    const turn = new AbortController();
    const settled = world.ask({}, callOptions({ signal: turn.signal })).catch((error: unknown) => error);
    await world.server.received(1);
    const reason = new Error('the lease is lost');
    turn.abort(reason);
    expect(await settled).toBe(reason);
    await world.server.left(1);
  });

  it('does not delay a reader that stops while nothing arrives', async () => {
    await using world = await startAgent();
    world.server.reply(neverBegins);
    const request = requestOf(visit, { input: { type: 'open' }, agentConversationId: 'x' });
    const answer = world.agent.send(request, callOptions())[Symbol.asyncIterator]();
    const pending = answer.next().catch((error: unknown) => error);
    await world.server.received(1);
    expect(await answer.return?.()).toMatchObject({ done: true });
    expect(await pending).toBeInstanceOf(Error);
    await world.server.left(1);
  });
});

describe('the message of a failure', () => {
  it.each([
    ['an error body', fails(400, `secret words, ${apiKey}`)],
    ['an error that is not JSON', answers(500, 'text/plain', `secret words, ${apiKey}`)],
    ['an error chunk', streams(...half, event({ error: { message: `secret words, ${apiKey}` } }))],
    ['a bad chunk', streams(...half, `data: secret ${apiKey}\n\n`)],
    ['a finish reason', endsWith(`secret ${apiKey}`)],
    ['a redirect', redirectsTo(`http://secret.example/${apiKey}`)],
  ])('quotes neither words nor keys of %s, its causes included', async (_what, reply) => {
    let error: unknown = await failureOf(reply);
    while (error instanceof Error) {
      expect(`${String(error)} ${error.stack ?? ''} ${JSON.stringify(error)}`).not.toMatch(/secret|sk-not/);
      error = error.cause;
    }
  });

  it('does not quote a key that can be no header', async () => {
    await using world = await startAgent({ apiKey: `${apiKey}\nx` });
    const failure: unknown = await world.ask().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      outcome: expect.stringMatching(/^(refused|failed|ambiguous)$/) as string,
    });
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('sk-not');
    expect((failure as Error).cause).toBeUndefined();
  });
});

function* endlessComments(): Generator<string> {
  for (;;) yield ':\n';
}
