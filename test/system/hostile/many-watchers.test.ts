import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { WatchEvent } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { survey } from '../../redis/contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

const watchers = 60;

describe('many watchers', () => {
  it('of many conversations are served by one subscribed connection', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    const agent = new ScriptedAgent();
    await using server = await startTestServer({
      ...{ agent, definitions: [survey] },
      env: { REDIS_URL: redis.url, MAX_WATCHERS_PER_USER: String(watchers) },
    });
    const client = createTurnkeeperClient({ url: server.url });
    const conversations = Array.from({ length: watchers / 2 }, () => client.resume(crypto.randomUUID()));
    const sayToAll = () =>
      Promise.all(
        conversations.map((conversation) => {
          agent.willAnswer({ text: 'Noted.' });
          return conversation.turn('go on');
        }),
      );
    await sayToAll();
    const streams = conversations.flatMap((conversation) => [conversation.watch(), conversation.watch()]);
    for (const stream of streams)
      expect((await stream.next()).value).toMatchObject({ type: 'watch.started' });
    const clients = String(await raw.redis.call('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    const subscribed = clients.filter((line) => !line.includes(' ssub=0 ') || !line.includes(' sub=0 '));
    expect(subscribed).toHaveLength(1);
    expect(subscribed[0]).toContain(` ssub=${watchers / 2} `);
    await sayToAll();
    for (const stream of streams) {
      for await (const event of stream) if (event.type === 'turn.committed') break;
    }
    // No subscription outlives its last listener.
    const list = async () => String(await raw.redis.call('CLIENT', 'LIST'));
    await expect.poll(list).not.toMatch(/ ssub=[1-9]/);
  });
});

describe('a watcher that reads nothing', () => {
  it('is dropped, however it wrote the address, and frees its place', async () => {
    const agent = new ScriptedAgent();
    const addresses = ['workflow.watch', 'workflow%2Ewatch', 'any/workflow.watch'];
    await using server = await startTestServer({
      ...{ agent, definitions: [survey] },
      env: { MAX_WATCHERS_PER_USER: String(addresses.length), WATCH_STALL_MS: '6000' },
    });
    const client = createTurnkeeperClient({ url: server.url });
    const conversation = client.resume('c');
    const say = () => {
      agent.willAnswer({ text: 'x'.repeat(90_000) });
      return conversation.turn('go on');
    };
    await say();
    const { port, hostname } = new URL(server.url);
    const input = encodeURIComponent(JSON.stringify({ json: { conversationId: 'c' } }));
    const stalled = addresses.map((address) => {
      const socket = connect({ port: Number(port), host: hostname });
      socket.on('error', () => undefined);
      socket.write(`GET /trpc/${address}?input=${input} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      return { socket, closed: once(socket, 'close') };
    });
    for (const { socket } of stalled) await once(socket, 'readable');
    // The client reads nothing from here on; the kernel's buffer for it is soon full.
    for (let turn = 0; turn < 60; turn += 1) await say();
    await expect(conversation.watch().next()).resolves.toMatchObject({
      value: { type: 'watch.interrupted', error: { reason: 'OVERLOADED' } },
    });
    // As many new watchers are accepted as were dropped.
    const areLetIn = async () => {
      const streams = addresses.map(() => conversation.watch());
      const firsts: IteratorResult<WatchEvent, unknown>[] = await Promise.all(
        streams.map((stream) => stream.next()),
      );
      for (const stream of streams) await stream.return?.();
      return firsts.every(({ done, value }) => done !== true && value.type === 'watch.started');
    };
    await expect.poll(areLetIn, { interval: 200 }).toBe(true);
    for (const { socket, closed } of stalled) {
      socket.resume();
      await closed;
    }
  });
});
