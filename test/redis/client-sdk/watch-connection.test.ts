import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connected, eventServer, ping, started } from './event-server.ts';
import { pacedClient } from './paced.ts';

const silentMs = 200;

afterEach(() => {
  vi.useRealTimers();
});

describe("a watch's connection", () => {
  it('is given up when the server is silent for longer than announced, and resumed by the last event', async () => {
    await using server = await eventServer((response, connection) => {
      response.write(connected(silentMs) + started(connection));
    });
    const events = pacedClient({ url: server.url }).client.resume('c').watch();
    expect(await events.next()).toMatchObject({ value: { turnNumber: 1 } });
    expect(await events.next()).toMatchObject({
      value: { type: 'watch.interrupted', error: { reason: 'UNREACHABLE' } },
    });
    expect(await events.next()).toMatchObject({ value: { turnNumber: 2 } });
    expect(server.lastEventIds).toEqual([null, 'at-1']);
    await events.return?.();
  });

  it('is given up when nobody answers at all', async () => {
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // The server accepts the request and never answers.
    const deaf = createServer(() => reached());
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client } = pacedClient({ url: `http://127.0.0.1:${port}`, retry: { attempts: 1 } });
    const next = client.resume('c').watch().next();
    const failed = expect(next).rejects.toMatchObject({ reason: 'UNREACHABLE', retryable: true });
    await isReached;
    vi.advanceTimersByTime(15_000);
    await failed;
    deaf.closeAllConnections();
    deaf.close();
  });

  it('is kept while the server sends signs of life, even without events', async () => {
    await using server = await eventServer((response, connection) => {
      response.write(connected(silentMs) + started(connection));
      let pings = 0;
      const pinging = setInterval(() => {
        pings += 1;
        response.write(pings < 20 ? ping : started(10));
      }, silentMs / 10);
      response.once('close', () => clearInterval(pinging));
    });
    const events = pacedClient({ url: server.url }).client.resume('c').watch();
    await events.next();
    expect(await events.next()).toMatchObject({ value: { turnNumber: 10 } });
    await events.return?.();
  });

  it('is not given up for the time that its reader takes', async () => {
    await using server = await eventServer((response) => {
      response.write(connected(silentMs) + started(1));
      let pings = 0;
      const pinging = setInterval(() => {
        pings += 1;
        response.write(pings < 30 ? ping : started(2));
      }, silentMs / 10);
      response.once('close', () => clearInterval(pinging));
    });
    const events = pacedClient({ url: server.url }).client.resume('c').watch();
    await events.next();
    // A slow reader is the subject of this test, so it has to sleep.
    await sleep(2 * silentMs);
    expect(await events.next()).toMatchObject({ value: { turnNumber: 2 } });
    expect(server.lastEventIds).toHaveLength(1);
    await events.return?.();
  });

  it('yields nothing more once the signal has aborted, not even events that have already arrived', async () => {
    await using server = await eventServer((response) => {
      response.write(connected(silentMs) + [1, 2, 3].map(started).join(''));
    });
    const reason = new Error('enough');
    const controller = new AbortController();
    const { client } = pacedClient({ url: server.url });
    const events = client.resume('c').watch({ signal: controller.signal });
    await events.next();
    controller.abort(reason);
    await expect(events.next()).rejects.toBe(reason);
  });
});
