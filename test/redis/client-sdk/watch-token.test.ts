import { describe, expect, it } from 'vitest';
import type { TokenProvider } from '../../../client-sdk/src/index.ts';
import type { Fault } from './faulty-proxy.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { nextOf, openWatched } from './open-watched.ts';
import { pacedClient } from './paced.ts';
import { tokens } from './tokens.ts';

/** Opens a watch with tokens; its later connections meet these faults. */
async function watchWith(token: TokenProvider, faults: readonly Fault[]) {
  const test = await openWatched();
  const proxy = await faultyProxy(test.front.url, ['pass', ...faults]);
  const { client, delaysMs } = pacedClient({ url: proxy.url, token, retry: { attempts: 1 } });
  const events = client.resume(test.conversation.id).watch();
  await nextOf(events, 'watch.started');
  return {
    ...{ ...test, events, proxy, delaysMs },
    /** Returns the tokens that were sent, oldest first. */
    sent: () => proxy.requests.map(({ headers }) => headers.authorization),
    [Symbol.asyncDispose]: async () => {
      await events.return?.();
      await proxy[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

describe('an access token, while a conversation is watched,', () => {
  it('is asked for again to reconnect, and by force when it has run out meanwhile', async () => {
    const { token, asked } = tokens();
    await using test = await watchWith(token, ['UNAUTHENTICATED', 'pass']);
    test.front.cut();
    expect(await nextOf(test.events, 'watch.interrupted')).toMatchObject({
      error: { reason: 'UNREACHABLE' },
    });
    await test.say('two');
    expect(await nextOf(test.events, 'turn.committed', 'watch.interrupted')).toMatchObject({ turnId: 'two' });
    expect(asked).toEqual([{ forceRefresh: false }, { forceRefresh: false }, { forceRefresh: true }]);
    expect(test.sent()).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    // One delay after the cut, none after the refusal.
    expect(test.delaysMs).toHaveLength(1);
  });

  it('is renewed only once: a refused new token fails the watch', async () => {
    const { token, asked } = tokens();
    await using test = await watchWith(token, ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'pass']);
    test.front.cut();
    await nextOf(test.events, 'watch.interrupted');
    await expect(test.events.next()).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect(asked).toHaveLength(3);
  });

  it('is renewed by force once for a refusal, not for later faults', async () => {
    const { token, asked } = tokens();
    await using test = await watchWith(token, ['UNAUTHENTICATED', 'OVERLOADED', 'cut before', 'pass']);
    test.front.cut();
    for (const reason of ['UNREACHABLE', 'OVERLOADED', 'UNREACHABLE'])
      expect(await nextOf(test.events, 'watch.interrupted')).toMatchObject({ error: { reason } });
    await nextOf(test.events, 'watch.started');
    expect(asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, false, true, false, false]);
  });

  it('that is unavailable for now, as without a network, ends no watch that has begun', async () => {
    let isOnline = true;
    const token = (): Promise<string> =>
      isOnline ? Promise.resolve('token') : Promise.reject(new Error('offline'));
    await using test = await watchWith(token, []);
    isOnline = false;
    test.front.cut();
    await nextOf(test.events, 'watch.interrupted');
    expect(await nextOf(test.events, 'watch.interrupted')).toMatchObject({
      error: { reason: 'UNREACHABLE', cause: { message: 'offline' } },
    });
    isOnline = true;
    await test.say('two');
    expect(await nextOf(test.events, 'turn.committed')).toMatchObject({ turnId: 'two' });
  });

  it('that is unavailable fails a watch before it begins', async () => {
    const cause = new Error('signed out');
    const { client } = pacedClient({ url: 'http://127.0.0.1:9', token: () => Promise.reject(cause) });
    const events = client.resume('c').watch();
    await expect(events.next()).rejects.toMatchObject({ reason: 'UNREACHABLE', retryable: false, cause });
  });

  it('that takes long, for a sign-in perhaps, does not delay a caller that gives the watch up', async () => {
    const { client } = pacedClient({ url: 'http://127.0.0.1:9', token: () => new Promise(() => undefined) });
    const reason = new Error('enough');
    const controller = new AbortController();
    const next = client.resume('c').watch({ signal: controller.signal }).next();
    const got = client.resume('c').get({}, { signal: controller.signal });
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await expect(got).rejects.toBe(reason);
  });
});
