import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../contract/errors.ts';
import type { FailureReason } from '../../../contract/errors.ts';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { createPacedClient } from '../../../client-sdk/src/turnkeeper-client.ts';
import { realPacing } from '../../../client-sdk/src/links/retry-policy.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import type { ShippedDefinition } from '../../../contract/shipped.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

const reasons = Object.keys(failureReasons) as FailureReason[];

describe('a turn that fails for a reason that can pass', () => {
  it('is tried again with the same turn id until it succeeds, and happens once', async () => {
    const agent = new ScriptedAgent([{ text: 'Hello' }]);
    await using server = await serve(agent);
    await using proxy = await faultyProxy(server.url, [
      'cut before',
      'TURN_IN_PROGRESS',
      'SHUTTING_DOWN',
      'pass',
    ]);
    const { client } = pacedClient({ url: proxy.url });

    const result = await client.conversation('leave-request').turn('hello');

    expect(result).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect(proxy.turnIds()).toEqual(Array(4).fill(result.turnId));
    expect(agent.requests).toHaveLength(1);
  });

  it.for(['cut after', 'cut inside'] as const)(
    'answers with the replay when the connection broke after the server had committed it (%s)',
    async (fault) => {
      const agent = new ScriptedAgent([{ text: 'Hello' }]);
      await using server = await serve(agent);
      await using proxy = await faultyProxy(server.url, [fault]);
      const { client } = pacedClient({ url: proxy.url });

      const result = await client.conversation('leave-request').turn('hello');

      expect(result).toMatchObject({ replayed: true, turn: { number: 1 }, messages: [{ text: 'Hello' }] });
      expect(proxy.turnIds()).toHaveLength(2);
      expect(agent.requests).toHaveLength(1);
    },
  );

  it('fails after the allowed number of attempts, with the last one’s error', async () => {
    await using server = await serve(new ScriptedAgent());
    await using proxy = await faultyProxy(server.url, ['cut before', 'OVERLOADED', 'AGENT_FAILED', 'pass']);
    const { client, delaysMs } = pacedClient({ url: proxy.url, retry: { attempts: 3 } });

    const failure = client.conversation('leave-request').turn('hello', { turnId: 'my-turn' });

    await expect(failure).rejects.toMatchObject({
      reason: 'AGENT_FAILED',
      message: 'as scripted: AGENT_FAILED',
      retryable: true,
      httpStatus: 502,
      turnId: 'my-turn',
    });
    expect(proxy.turnIds()).toEqual(['my-turn', 'my-turn', 'my-turn']);
    expect(delaysMs).toHaveLength(2);
  });

  it("is tried seven times by default, on average longer than a crashed server's lease lives", async () => {
    await using proxy = await faultyProxy(null, Array(9).fill('OVERLOADED'));
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toMatchObject({
      reason: 'OVERLOADED',
    });
    expect(proxy.requests).toHaveLength(7);
    const lockTtlMs = 10_000;
    expect(delaysMs.reduce((total, delay) => total + delay, 0)).toBeGreaterThan(lockTtlMs);
  });

  it('waits for a random part of a time that doubles up to its bound', async () => {
    await using proxy = await faultyProxy(null, Array(6).fill('OVERLOADED'));
    const retry = { attempts: 6, baseDelayMs: 100, maxDelayMs: 500 };
    const { client, delaysMs } = pacedClient({ url: proxy.url, retry });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toThrow();
    expect(delaysMs).toEqual([50, 100, 200, 250, 250]);
  });

  it('waits at least as long as the server asks for', async () => {
    const asked = { reason: 'RATE_LIMITED', retryAfterMs: 60_000 } as const;
    await using proxy = await faultyProxy(null, [asked, 'INVALID_INPUT']);
    const retry = { baseDelayMs: 100, maxDelayMs: 500 };
    const { client, delaysMs } = pacedClient({ url: proxy.url, retry });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toMatchObject({
      reason: 'INVALID_INPUT',
    });
    expect(delaysMs).toEqual([60_050]);
  });

  it('does not wait where the server asks for more than a minute: the caller is told', async () => {
    const asked = { reason: 'RATE_LIMITED', retryAfterMs: 60_001 } as const;
    await using proxy = await faultyProxy(null, [asked, 'INVALID_INPUT']);
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toMatchObject(asked);
    expect(delaysMs).toEqual([]);
  });

  it('gets new headers for every attempt', async () => {
    await using proxy = await faultyProxy(null, ['OVERLOADED', 'INVALID_INPUT']);
    let made = 0;
    const headers = () => ({ authorization: `Bearer ${++made}` });
    const { client } = pacedClient({ url: proxy.url, headers });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toThrow();
    expect(proxy.requests.map((request) => request.headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });
});

describe('every other call', () => {
  it('is tried again in the same way', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    await using proxy = await faultyProxy(server.url, [
      ...([
        'pass',
        'cut after',
        'pass',
        'OVERLOADED',
        'pass',
        'cut before',
        'pass',
        'cut after',
        'pass',
      ] as const),
    ]);
    const { client } = pacedClient({ url: proxy.url });
    const conversation = client.conversation('leave-request');
    await conversation.open();
    expect(await conversation.get()).toMatchObject({ workflowId: 'leave-request' });
    expect((await client.list()).conversations).toHaveLength(1);
    expect(await client.definitions()).not.toHaveLength(0);
    expect(await conversation.end({ outcome: 'cancelled' })).toMatchObject({
      workflowState: { status: 'ended' },
    });
    expect(proxy.requests).toHaveLength(9);
  });
});

describe('a reason of the server', () => {
  /** TURN_INTERRUPTED is not retried: callers that interrupt each other would go on for ever. */
  const isRetried = (reason: FailureReason): boolean =>
    failureReasons[reason].retryable && reason !== 'TURN_INTERRUPTED';

  it.for(reasons)(
    '%s is tried again when it can pass, unless somebody interrupted on purpose',
    async (reason) => {
      await using proxy = await faultyProxy(null, [reason, reason]);
      const { client } = pacedClient({ url: proxy.url, retry: { attempts: 2 } });
      await expect(client.conversation('leave-request').turn('hello')).rejects.toMatchObject({
        reason,
        retryable: failureReasons[reason].retryable,
      });
      expect(proxy.requests).toHaveLength(isRetried(reason) ? 2 : 1);
    },
  );
});

describe('a server that gives no answer of its own', () => {
  it('is UNREACHABLE, which can pass, when nothing listens there', async () => {
    const proxy = await faultyProxy(null, []);
    await proxy[Symbol.asyncDispose]();
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    await expect(client.definitions()).rejects.toMatchObject({
      reason: 'UNREACHABLE',
      retryable: true,
      httpStatus: undefined,
      message: expect.stringContaining(proxy.url) as unknown,
    });
    expect(delaysMs).toHaveLength(6);
  });

  it.for([
    [502, 2, 'could not be reached'],
    [504, 2, 'could not be reached'],
    [429, 2, 'too many requests'],
    [431, 1, 'headers are too large'],
    [404, 1, 'is not a Turnkeeper server'],
    [200, 1, 'is not a Turnkeeper server'],
  ] as const)(
    'is UNREACHABLE if a page with status %i answers: attempts (%i), message (%s)',
    async ([status, tries, words]) => {
      await using proxy = await faultyProxy(null, Array(2).fill({ status, body: '<h1>Sorry</h1>' }));
      const { client } = pacedClient({ url: proxy.url, retry: { attempts: 2 } });
      const message = expect.stringContaining(words) as unknown;
      await expect(client.definitions()).rejects.toMatchObject({
        ...{ reason: 'UNREACHABLE', httpStatus: status, message },
      });
      expect(proxy.requests).toHaveLength(tries);
    },
  );

  it('is UNREACHABLE when its error is of another form', async () => {
    const body = JSON.stringify({ error: { message: 'another API', code: 5 } });
    await using proxy = await faultyProxy(null, [{ status: 400, body }]);
    const { client } = pacedClient({ url: proxy.url });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'UNREACHABLE', httpStatus: 400 });
    expect(proxy.requests).toHaveLength(1);
  });

  it('is not asked when the headers can not be made', async () => {
    await using proxy = await faultyProxy(null, []);
    const cause = new Error('the token has expired');
    const { client } = pacedClient({ url: proxy.url, headers: () => Promise.reject(cause) });
    await expect(client.definitions()).rejects.toMatchObject({
      reason: 'UNREACHABLE',
      retryable: false,
      message: expect.stringContaining('the token has expired') as unknown,
      cause,
    });
    expect(proxy.requests).toHaveLength(0);
  });
});

describe('an aborted call', () => {
  it('throws an AbortError at once while the server works, whose turn stands for a later replay', async () => {
    const steps = new EventTarget();
    const arrived = once(steps, 'arrived');
    const agent = new ScriptedAgent([
      async () => {
        const mayAnswer = once(steps, 'may answer');
        steps.dispatchEvent(new Event('arrived'));
        await mayAnswer;
        return { text: 'Hello' };
      },
    ]);
    await using server = await serve(agent);
    const client = createTurnkeeperClient({ url: server.url });
    const conversation = client.conversation('leave-request');
    const triedOnce = createTurnkeeperClient({ url: server.url, retry: { attempts: 1 } });
    const aborting = new AbortController();
    const failure = triedOnce
      .conversation('leave-request', conversation.id)
      .turn('hello', { turnId: 'kept', signal: aborting.signal });
    await arrived;
    aborting.abort();
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });

    steps.dispatchEvent(new Event('may answer'));
    expect(await conversation.turn('hello', { turnId: 'kept' })).toMatchObject({ replayed: true });
    expect(agent.requests).toHaveLength(1);
  });

  it('throws an AbortError while it waits between two tries, and is not tried again', async () => {
    await using proxy = await faultyProxy(null, ['OVERLOADED', 'OVERLOADED']);
    const aborting = new AbortController();
    const client = createPacedClient<ShippedDefinition>(
      { url: proxy.url, retry: { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 } },
      {
        random: () => 1,
        sleep: (delayMs, signal) => {
          const sleeping = realPacing.sleep(delayMs, signal);
          aborting.abort();
          return sleeping;
        },
      },
    );
    const failure = client.conversation('leave-request').turn('hello', { signal: aborting.signal });
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
    expect(proxy.requests).toHaveLength(1);
  });

  it('sends nothing if it was aborted before, and throws the abort reason', async () => {
    await using proxy = await faultyProxy(null, []);
    const { client } = pacedClient({ url: proxy.url });
    const reason = new Error('the window was closed');
    const signal = AbortSignal.abort(reason);
    await expect(client.resume('c').get({}, { signal })).rejects.toBe(reason);
    await expect(client.resume('c').turn('hello', { signal })).rejects.toBe(reason);
    await expect(client.resume('c').end({ outcome: 'cancelled' }, { signal })).rejects.toBe(reason);
    expect(proxy.requests).toHaveLength(0);
  });
});

describe('the wait between two tries', () => {
  it('takes as long as it says', async () => {
    const began = performance.now();
    await realPacing.sleep(30, new AbortController().signal);
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
  });
});
