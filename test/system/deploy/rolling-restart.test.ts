import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { deferred } from '../../support/deferred.ts';
import { publicHost, startNginx } from '../../support/nginx.ts';
import type { Exchange } from '../../support/openai-server/exchange.ts';
import { startOpenAiServer } from '../../support/openai-server/openai-server.ts';
import { says } from '../../support/openai-server/replies.ts';
import { post } from '../../support/post.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';

/** The time that the agent takes for an answer, so that turns overlap and the load is small. */
const agentMs = 500;
const clients = 4;

/**
 * Three server processes on one Redis, behind nginx with the file of `deploy/`, and an agent that knows which server
 * asks; use with `await using`.
 */
async function startFleet() {
  const agent = await startOpenAiServer();
  const prefix = `t-${randomUUID().slice(0, 8)}`;
  const ports = await Promise.all([20_000, 23_000, 26_000].map(portOfItsOwn));
  const start = async (index: number) => {
    const server = await startServerProcess({
      PORT: String(ports[index]),
      PUBLIC_URL: `https://${publicHost}`,
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: prefix,
      DIGEST_SECRET: 'a secret of 32 characters or more',
      AGENT_PROVIDER: 'openai-compatible',
      OPENAI_BASE_URL: agent.baseUrl,
      OPENAI_MODEL: 'test-model',
      OPENAI_STRUCTURED_OUTPUT: 'text',
      // The agent's way to know who asks.
      OPENAI_API_KEY: `server-${index}`,
    });
    await server.started();
    return server;
  };
  const servers = await Promise.all([start(0), start(1), start(2)]);
  const [first, second, third] = ports.map((port) => new URL(`http://127.0.0.1:${port}`));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three ports');
  const nginx = await startNginx([first, second, third]);
  return {
    agent,
    nginx,
    port: (index: number): number => ports[index] ?? 0,
    at: (index: number) => servers[index] ?? Promise.reject(new Error(`no server ${index}`)),
    /** Starts a server again at its address, after it has ended. */
    start: async (index: number): Promise<void> => {
      servers[index] = await start(index);
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await nginx[Symbol.asyncDispose]();
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      await agent[Symbol.asyncDispose]();
    },
  };
}

/**
 * A port below those that systems give to connections, so that no other process takes it while a server restarts there.
 */
async function portOfItsOwn(from: number): Promise<number> {
  for (;;) {
    const port = from + randomInt(3_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => 'taken'),
    once(socket, 'close').then(() => 'refused'),
  ]).catch(() => 'refused');
  socket.destroy();
  return outcome === 'refused';
}

const askedBy = ({ request: { headers } }: Exchange): string =>
  (headers['authorization'] ?? '').toString().replace('Bearer ', '');

let fleet: Awaited<ReturnType<typeof startFleet>>;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** Calls over TLS by the public name, with the test's certificate authority. */
async function callPublicly(
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const { ports, authority } = fleet.nginx;
  const call = request({
    ...{ host: '127.0.0.1', port: ports.tls, servername: publicHost, ca: authority, path },
    headers: { host: publicHost, ...headers },
  });
  call.end();
  // Only a response comes with the event.
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

describe('nginx with the file of deploy/nginx', () => {
  it('serves the public name over TLS and HTTP/2, and leads there from port 80', async () => {
    const { ports, authority } = fleet.nginx;
    const definitions = '/trpc/workflow.definitions';
    // The longest token that a server takes: by default nginx refuses headers of this size.
    const token = `Bearer ${'t'.repeat(12_000)}`;
    expect((await callPublicly(definitions, { authorization: token })).statusCode).toBe(200);
    const session = connectHttp2(`https://127.0.0.1:${ports.tls}`, { servername: publicHost, ca: authority });
    const call = session.request({ ':authority': publicHost, ':path': definitions });
    // Headers are what comes with the event.
    const [headers] = (await once(call, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
    session.close();
    const plain = await fetch(`http://127.0.0.1:${ports.redirect}/a?b=c`, {
      redirect: 'manual',
      headers: { connection: 'close' },
    });
    expect([plain.status, plain.headers.get('location')]).toEqual([301, 'https://127.0.0.1/a?b=c']);
  });

  it("leaves a body that is too large to the server's own answer, and shows nobody the metrics", async () => {
    const large = await post(fleet.nginx.url, 'workflow.turn', { text: 'x'.repeat(300_000) });
    expect([large.status, large.error?.data.reason]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect((await fetch(`${fleet.nginx.url}/metrics`)).headers.get('content-type')).toBe('text/html');
  });

  it('passes on the events of a watch at once', async () => {
    const { agent, nginx } = fleet;
    const released = deferred();
    agent.reply(async (exchange) => {
      await released.promise;
      await says('Go on.')(exchange);
    });
    const conversation = createTurnkeeperClient({ url: nginx.url }).conversation(
      'incident-intake',
      'watched',
    );
    const events = conversation.watch({ awaitOpening: true })[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: 'watch.started' });
    const turn = conversation.turn('The printer is on fire');
    // The agent has not answered: a proxy that buffers would still keep this event.
    expect((await events.next()).value).toMatchObject({ type: 'turn.started' });
    released.resolve();
    await turn;
    await events.return?.(undefined);
  });
});

describe('three servers behind it', () => {
  it('restart one after the other under load: no caller sees an error, each turn happens and is watched once', async () => {
    const { agent, nginx } = fleet;
    const askedBefore = agent.requests.length;
    /** The server whose questions the agent holds back, and the end of that. */
    let held = { server: '', questions: 0, released: deferred() };
    const answered = new Map<string, number>();
    agent.otherwise(async (exchange) => {
      const server = askedBy(exchange);
      if (server === held.server) {
        held.questions += 1;
        await held.released.promise;
      }
      await setTimeout(agentMs);
      await says('Go on.')(exchange);
      answered.set(server, (answered.get(server) ?? 0) + 1);
    });

    const client = createTurnkeeperClient({ url: nginx.url });
    const seen: number[] = [];
    const watched = (async () => {
      for await (const event of client.resume('load-0').watch({ after: 0, awaitOpening: true }))
        if (event.type === 'turn.committed') seen.push(event.turn.number);
    })();
    let isOver = false;
    let committed = 0;
    const played = await Promise.all([
      ...Array.from({ length: clients }, async (_, index) => {
        const conversation = client.conversation('incident-intake', `load-${index}`);
        let turns = 0;
        while (!isOver) {
          const { turn } = await conversation.turn(`message ${turns}`);
          turns += 1;
          committed += 1;
          expect(turn.number).toBe(turns);
        }
        return turns;
      }),
      restartAll().finally(() => {
        isOver = true;
        held.released.resolve();
      }),
    ]);

    async function restartAll(): Promise<number> {
      for (const index of [0, 1, 2]) {
        const name = `server-${index}`;
        held = { server: name, questions: 0, released: deferred() };
        // Its turns run, through connections that nginx keeps, when it is told to stop.
        await until(() => Promise.resolve(held.questions > 0));
        const server = await fleet.at(index);
        server.signal('SIGTERM');
        await until(() => refusesConnections(fleet.port(index)));
        // While it waits for them, the others have the new turns.
        const before = committed;
        await until(() => Promise.resolve(committed >= before + 2 * clients));
        held.released.resolve();
        expect((await server.ended).exitCode).toBe(0);
        await fleet.start(index);
        const sinceThen = answered.get(name) ?? 0;
        await until(() => Promise.resolve((answered.get(name) ?? 0) > sinceThen));
      }
      return 0;
    }

    const turns = played.slice(0, clients);
    for (const [index, count] of turns.entries()) {
      const { workflowState } = await client.resume(`load-${index}`).get();
      expect(workflowState.turnCount).toBe(count);
    }
    await client.resume('load-0').end({ outcome: 'cancelled' });
    await watched;
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
    expect(seen.length).toBe(turns[0]);
    // The agent heard each turn once: no turn ran a second time, though calls were repeated.
    expect(agent.requests.length - askedBefore).toBe(turns.reduce((sum, count) => sum + count, 0));
  });
});
