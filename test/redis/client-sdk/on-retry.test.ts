import { describe, expect, it } from 'vitest';
import type { Retry } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

describe('onRetry', () => {
  it('is called for every failed attempt that is followed by another, before the wait', async () => {
    await using server = await serve(new ScriptedAgent([{ text: 'Hello' }]));
    await using proxy = await faultyProxy(server.url, ['cut before', 'OVERLOADED']);
    const retries: Retry[] = [];
    const { client, delaysMs } = pacedClient({
      url: proxy.url,
      onRetry: (retry) => {
        expect(delaysMs).toHaveLength(retry.attempt - 1);
        retries.push(retry);
      },
    });
    await client.conversation('leave-request').turn('hello', { turnId: 'my-turn' });
    expect(retries).toMatchObject([
      { attempt: 1, error: { reason: 'UNREACHABLE', turnId: 'my-turn' } },
      { attempt: 2, error: { reason: 'OVERLOADED', message: 'as scripted: OVERLOADED' } },
    ]);
    expect(retries.map(({ delayMs }) => delayMs)).toEqual(delaysMs);
  });

  it('is not called where no try follows', async () => {
    await using proxy = await faultyProxy(null, [
      'OVERLOADED',
      'OVERLOADED',
      'INVALID_INPUT',
      'TURN_INTERRUPTED',
    ]);
    const retries: Retry[] = [];
    const onRetry = (retry: Retry) => void retries.push(retry);
    const { client } = pacedClient({ url: proxy.url, onRetry, retry: { attempts: 2 } });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'OVERLOADED' });
    expect(retries).toHaveLength(1);
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
    await expect(client.resume('c').turn('hello')).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    expect(retries).toHaveLength(1);
  });

  it('that throws fails the call with its error', async () => {
    await using proxy = await faultyProxy(null, ['OVERLOADED']);
    const enough = new Error('enough');
    const onRetry = (): never => {
      throw enough;
    };
    const { client } = pacedClient({ url: proxy.url, onRetry });
    await expect(client.definitions()).rejects.toBe(enough);
    expect(proxy.requests).toHaveLength(1);
  });
});
