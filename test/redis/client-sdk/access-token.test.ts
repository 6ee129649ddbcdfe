import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';
import { tokens } from './tokens.ts';

describe('an access token', () => {
  it('is requested for every attempt, and sent with it', async () => {
    await using proxy = await faultyProxy(null, ['OVERLOADED', 'INVALID_INPUT']);
    const { token, asked } = tokens();
    const { client } = pacedClient({ url: proxy.url, token });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
    expect(asked).toEqual([{ forceRefresh: false }, { forceRefresh: false }]);
    expect(proxy.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
    ]);
  });

  it('that the server refuses is renewed, and the same turn sent again with it, at once', async () => {
    const agent = new ScriptedAgent([{ text: 'Hello' }]);
    await using server = await serve(agent);
    await using proxy = await faultyProxy(server.url, ['UNAUTHENTICATED', 'pass']);
    const { token } = tokens();
    const { client, delaysMs } = pacedClient({ url: proxy.url, token, retry: { attempts: 1 } });

    const result = await client.conversation('leave-request').turn('hello');

    expect(result).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect(proxy.turnIds()).toEqual([result.turnId, result.turnId]);
    expect(proxy.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(delaysMs).toEqual([]);
  });

  it('is renewed only once: a refused new token fails the call', async () => {
    await using proxy = await faultyProxy(null, ['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const { client } = pacedClient({ url: proxy.url, token: tokens().token });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect(proxy.requests).toHaveLength(2);
  });

  it('replaces an authorization header, and leaves other headers', async () => {
    await using proxy = await faultyProxy(null, ['INVALID_INPUT']);
    const headers = () => ({ Authorization: 'Basic old', 'x-tenant': 'acme' });
    const { client } = pacedClient({ url: proxy.url, token: () => 'new', headers });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'INVALID_INPUT' });
    expect(proxy.requests[0]?.headers).toMatchObject({ authorization: 'Bearer new', 'x-tenant': 'acme' });
  });

  it('that is unavailable fails the call before anything is sent', async () => {
    await using proxy = await faultyProxy(null, []);
    const cause = new Error('signed out');
    const { client } = pacedClient({ url: proxy.url, token: () => Promise.reject(cause) });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'UNREACHABLE', cause });
    expect(proxy.requests).toHaveLength(0);
  });
});

describe('a client without a token provider', () => {
  it('fails with the refusal', async () => {
    await using proxy = await faultyProxy(null, ['UNAUTHENTICATED']);
    const { client } = pacedClient({ url: proxy.url });
    await expect(client.definitions()).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    expect(proxy.requests).toHaveLength(1);
  });
});
