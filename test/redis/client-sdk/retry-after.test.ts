import { describe, expect, it } from 'vitest';
import { retryAfterMsOf } from '../../../client-sdk/src/links/transport.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import type { Fault } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

const inFourSeconds = () => new Date(Date.now() + 4_000).toUTCString();
const refusing = (status: number, retryAfter: string, body = '<h1>Later</h1>'): Fault => ({
  ...{ status, body, headers: { 'retry-after': retryAfter, 'content-type': 'text/html' } },
});

describe('a proxy in front of the server', () => {
  it.for<[string, () => Fault]>([
    ['429 with seconds', () => refusing(429, '4')],
    ['503 with seconds', () => refusing(503, '4')],
    ['503 with a date', () => refusing(503, inFourSeconds())],
    ['429 with a date', () => refusing(429, inFourSeconds())],
    ['429 with a body of JSON', () => refusing(429, '4', '{"error":{"code":429,"message":"slow down"}}')],
    ['429 with a body that looks like a result', () => refusing(429, '4', '{"result":{"data":{"json":{}}}}')],
    ['503 without a body', () => refusing(503, '4', '')],
  ])('is asked again at the time it names, and not before: %s', async ([, fault]) => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    await using proxy = await faultyProxy(server.url, [fault()]);
    const { client, delaysMs } = pacedClient({ url: proxy.url, retry: { baseDelayMs: 100 } });
    expect(await client.conversation('leave-request').turn('hello')).toMatchObject({ turn: { number: 1 } });
    expect(delaysMs).toHaveLength(1);
    expect(delaysMs[0]).toBeGreaterThanOrEqual(3_000);
    expect(delaysMs[0]).toBeLessThan(5_200);
  });

  it('that lets no attempt through is reported as too many requests, with the delay it asks for', async () => {
    await using proxy = await faultyProxy(null, Array<Fault>(7).fill(refusing(429, '4')));
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    await expect(client.conversation('leave-request').turn('hello')).rejects.toMatchObject({
      ...{ reason: 'UNREACHABLE', httpStatus: 429, retryable: true, retryAfterMs: 4_000 },
      message: expect.stringContaining('too many requests') as unknown,
    });
    expect(proxy.requests).toHaveLength(7);
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(4_000);
  });

  it.for([
    ['seconds', (): string => '3600'],
    ['a date', (): string => new Date(Date.now() + 3_600_000).toUTCString()],
  ] as const)('that asks for an hour is not waited for: the call fails at once (%s)', async ([, header]) => {
    await using proxy = await faultyProxy(null, [refusing(429, header())]);
    const { client, delaysMs } = pacedClient({ url: proxy.url });
    const error = await client.definitions().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'UNREACHABLE', retryable: true });
    const { retryAfterMs = 0 } = error as { retryAfterMs?: number };
    expect(Math.abs(retryAfterMs - 3_600_000)).toBeLessThan(20_000);
    expect(delaysMs).toEqual([]);
    expect(proxy.requests).toHaveLength(1);
  });

  it('also delays a watch that begins', async () => {
    await using proxy = await faultyProxy(null, [refusing(429, '4'), 'WORKFLOW_NOT_FOUND']);
    const { client, delaysMs } = pacedClient({ url: proxy.url, retry: { baseDelayMs: 100 } });
    const events = client.resume('c').watch();
    expect(await events.next()).toMatchObject({
      value: { type: 'watch.interrupted', error: { httpStatus: 429, retryAfterMs: 4_000 } },
    });
    await expect(events.next()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    expect(delaysMs).toEqual([4_050]);
  });
});

describe('the header Retry-After', () => {
  const now = Date.UTC(2026, 10, 29, 10, 0, 0, 250);
  it.for<[string | null, number | undefined]>([
    [null, undefined],
    ['4', 4_000],
    [' 0 ', 0],
    ['3600', 3_600_000],
    ['Sun, 29 Nov 2026 10:00:04 GMT', 4_750],
    ['Sun, 29 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('%j is read as %j', ([header, expected]) => {
    expect(retryAfterMsOf(header, now)).toBe(expected);
  });
});
