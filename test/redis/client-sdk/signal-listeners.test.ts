import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import type { Fault } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe("a caller's signal", () => {
  it('has no listener left after a call, whatever the call and its outcome', async () => {
    await using server = await serve(
      new ScriptedAgent([{ text: 'one' }, { text: 'two' }, { text: 'three' }]),
    );
    const faults: Fault[] = ['cut before', 'pass', 'OVERLOADED', 'pass', 'cut after'];
    await using proxy = await faultyProxy(server.url, faults);
    const { client } = pacedClient({ url: proxy.url, token: () => 'token' });
    const { signal } = new AbortController();
    const conversation = client.conversation('leave-request');

    await conversation.open({ signal });
    await conversation.turn('two', { signal });
    expect(listenersOf(signal)).toBe(0);
    await conversation.turn('three', { signal });
    await conversation.get({}, { signal });
    await client.list({}, { signal });
    await client.definitions({ signal });
    await expect(conversation.submitCard('none', {}, { signal })).rejects.toThrow();
    await expect(conversation.turn({ type: 'text', text: 1n as never }, { signal })).rejects.toThrow();
    await expect(client.resume('none').get({}, { signal })).rejects.toThrow();
    expect(listenersOf(signal)).toBe(0);

    const watched = [];
    for await (const { type } of conversation.watch({ after: 0, signal })) {
      watched.push(type);
      expect(listenersOf(signal)).toBeLessThanOrEqual(1);
      if (watched.length === 4) break;
    }
    expect(listenersOf(signal)).toBe(0);
    await expect(client.resume('none').watch({ signal }).next()).rejects.toThrow();
    await conversation.end({ outcome: 'cancelled' }, { signal });
    for await (const { type } of conversation.watch({ after: 0, signal })) watched.push(type);
    expect(watched.at(-1)).toBe('conversation.ended');
    expect(listenersOf(signal)).toBe(0);
  });

  it('has one listener while a call runs, and none once it has aborted the call', async () => {
    await using proxy = await faultyProxy(null, []);
    const aborting = new AbortController();
    const { client } = pacedClient({
      url: proxy.url,
      fetch: (_request, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
        }),
    });
    const call = client.definitions({ signal: aborting.signal });
    expect(listenersOf(aborting.signal)).toBe(1);
    aborting.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(listenersOf(aborting.signal)).toBe(0);
  });
});
