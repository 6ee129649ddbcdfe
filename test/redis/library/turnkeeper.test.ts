import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import express from 'express';
import superjson from 'superjson';
import { describe, expect, inject, it, vi } from 'vitest';
import { createTurnkeeper, errorFormatter } from '../../../server/library/index.ts';
import type { Caller, TurnkeeperEvent } from '../../../server/library/index.ts';
import type { Agent } from '../../../server/library/agents.ts';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { post } from '../../support/post.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { patientCommandMs } from '../../support/time.ts';
import { survey, travel } from '../contract/sample-workflows.ts';

const onTheRunsRedis = () => ({
  redis: inject('redisUrl'),
  redisPrefix: `t-${randomUUID().slice(0, 8)}`,
  redisCommandTimeoutMs: patientCommandMs,
});

const ada = { tenant: 'acme', user: 'ada' };
const byHeader = (headers: Headers): Caller | null =>
  headers.get('x-user') === null ? null : { tenant: 'acme', user: headers.get('x-user') ?? '' };
const asking = () => new ScriptedAgent(Array.from({ length: 9 }, () => ({ text: 'How was it?' })));
const opening = (conversationId: string = randomUUID()) => ({
  conversationId,
  workflowId: 'survey' as const,
  input: { type: 'text' as const, text: 'hello' },
});

describe('a turnkeeper in process', () => {
  it('runs turns for a caller, whose conversations nobody else sees', async () => {
    const turnkeeper = await createTurnkeeper({
      workflows: [survey, travel],
      agent: asking(),
      ...onTheRunsRedis(),
    });
    try {
      const { workflow } = turnkeeper.caller(ada);
      const input = opening();
      const result = await workflow.turn(input);
      expect(result).toMatchObject({ workflowId: 'survey', messages: [{ text: 'How was it?' }] });
      expect((await workflow.get({ conversationId: input.conversationId })).workflowState.turnCount).toBe(1);
      expect((await workflow.list()).conversations).toHaveLength(1);
      expect((await workflow.definitions()).map(({ id }) => id)).toEqual(['survey', 'travel']);
      const events = workflow.watch({ conversationId: input.conversationId, after: 0 });
      for await (const { data } of events) {
        if (data.type !== 'turn.committed') continue;
        expect(data.turn.number).toBe(1);
        break;
      }
      const stranger = turnkeeper.caller({ ...ada, tenant: 'other' }).workflow;
      await expect(stranger.get({ conversationId: input.conversationId })).rejects.toMatchObject({
        cause: { reason: 'WORKFLOW_NOT_FOUND' },
      });
      expect(
        await workflow.end({ conversationId: input.conversationId, outcome: 'cancelled' }),
      ).toMatchObject({
        workflowState: { outcome: 'cancelled' },
      });
    } finally {
      await turnkeeper.close();
    }
  });

  it.each([{ tenant: '', user: 'ada' }, { tenant: 'acme', user: 'x'.repeat(129) }, { user: 'ada' }])(
    'refuses the caller %j at once',
    async (caller) => {
      const turnkeeper = await createTurnkeeper({ workflows: [survey], ...onTheRunsRedis() });
      expect(() => turnkeeper.caller(caller as Caller)).toThrow(/tenant and user are texts of 1 to 128/);
      await turnkeeper.close();
    },
  );

  it('writes nothing by itself, and tells its observer and logger, whatever they do with it', async () => {
    const lines: object[] = [];
    const events: TurnkeeperEvent['type'][] = [];
    const line = (fields: object) => void lines.push(fields);
    const write = vi.spyOn(process.stdout, 'write');
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      agent: asking(),
      logger: { debug: line, info: line, warn: line, error: line },
      observer: {
        tell: ({ type }) => {
          events.push(type);
          throw new Error('the observer is broken');
        },
      },
      ...onTheRunsRedis(),
    });
    await turnkeeper.caller(ada).workflow.turn(opening());
    await turnkeeper.close();
    expect(events).toContain('turn.committed');
    expect(lines).toContainEqual(expect.objectContaining({ event: 'turn.committed' }));
    // Its message may quote anything, so the log has its class and its place.
    const err = { type: 'Error', stack: expect.stringContaining('turnkeeper.test.ts') as unknown };
    expect(lines).toContainEqual({ event: 'observer.failed', err });
    const silent = await createTurnkeeper({ workflows: [survey], agent: asking(), ...onTheRunsRedis() });
    await silent.caller(ada).workflow.turn(opening());
    await silent.close();
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  it('lets the running turn finish when it is closed, refuses new ones, and closes once', async () => {
    const [asked, answer] = [deferred(), deferred()];
    const slow: Agent = {
      name: 'slow',
      open: () => Promise.resolve('slow-1'),
      async *send() {
        asked.resolve();
        await answer.promise;
        yield { type: 'message', text: 'At last.' };
      },
    };
    const turnkeeper = await createTurnkeeper({ workflows: [survey], agent: slow, ...onTheRunsRedis() });
    const { workflow } = turnkeeper.caller(ada);
    const running = workflow.turn(opening());
    await asked.promise;
    const closed = turnkeeper.close();
    await expect(workflow.turn(opening())).rejects.toMatchObject({ cause: { reason: 'SHUTTING_DOWN' } });
    answer.resolve();
    expect(await running).toMatchObject({ messages: [{ text: 'At last.' }] });
    expect(turnkeeper.close()).toBe(closed);
    await closed;
    await expect(turnkeeper.listen()).rejects.toThrow('It is closed');
  });

  it('is one of several in a process, each with a Redis of its own where none is given', async () => {
    await using first = await temporaryFolder();
    await using second = await temporaryFolder();
    const [one, other] = await Promise.all(
      [first, second].map(({ path }) =>
        createTurnkeeper({ workflows: [survey], agent: asking(), dataDir: path }),
      ),
    );
    const input = opening();
    await one?.caller(ada).workflow.turn(input);
    expect((await one?.caller(ada).workflow.list())?.conversations).toHaveLength(1);
    expect((await other?.caller(ada).workflow.list())?.conversations).toHaveLength(0);
    await Promise.all([one?.close(), other?.close()]);
    const again = await createTurnkeeper({ workflows: [survey], dataDir: first.path });
    expect((await again.caller(ada).workflow.list()).conversations).toHaveLength(1);
    await again.close();
  });
});

describe('a turnkeeper that listens', () => {
  it('serves the API to the callers that authenticate knows, and nobody else', async () => {
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      agent: asking(),
      authenticate: byHeader,
      ...onTheRunsRedis(),
    });
    const { url } = await turnkeeper.listen({ port: 0 });
    expect((await post(url, 'workflow.turn', opening(), { 'x-user': 'ada' })).status).toBe(200);
    expect((await turnkeeper.caller(ada).workflow.list()).conversations).toHaveLength(1);
    const refused = await post(url, 'workflow.turn', opening());
    expect([refused.status, refused.error?.data.reason]).toEqual([401, 'UNAUTHENTICATED']);
    const invalid = await post(url, 'workflow.turn', opening(), { 'x-user': 'x'.repeat(200) });
    expect([invalid.status, invalid.error?.data.reason]).toEqual([503, 'AUTHENTICATION_UNAVAILABLE']);
    await expect(turnkeeper.listen({ port: 0 })).rejects.toThrow('It listens already');
    await turnkeeper.close();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('names the option for an address that it may not or cannot listen on, and may be told another', async () => {
    const turnkeeper = await createTurnkeeper({ workflows: [survey], ...onTheRunsRedis() });
    await expect(turnkeeper.listen({ host: '0.0.0.0' })).rejects.toThrow('host must be a loopback address');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(turnkeeper.listen({ port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken.`);
    taken.close();
    const { url } = await turnkeeper.listen({ port: 0 });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await turnkeeper.close();
  });
});

describe('a turnkeeper that is mounted in express', () => {
  it('answers beside the application, for the callers that authenticate knows', async () => {
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      agent: asking(),
      authenticate: byHeader,
      ...onTheRunsRedis(),
    });
    const app = express().use('/assist', turnkeeper.express());
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/assist`;
    expect((await post(url, 'workflow.turn', opening(), { 'x-user': 'ada' })).status).toBe(200);
    await turnkeeper.close();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    server.closeAllConnections();
    server.close();
  });

  it('answers nobody on the network while nobody is told apart', async () => {
    const turnkeeper = await createTurnkeeper({ workflows: [survey], ...onTheRunsRedis() });
    const listener = turnkeeper.express();
    // The machine may have no address but loopback ones, so the test says which one a request came in by.
    const server = createServer((request, response) => {
      const address = request.headers['x-came-in-by'];
      Object.defineProperty(request.socket, 'localAddress', { value: address, configurable: true });
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const statusBy = async (address: string) =>
      (await fetch(`${url}/trpc/workflow.definitions`, { headers: { 'x-came-in-by': address } })).status;
    expect([await statusBy('127.0.0.1'), await statusBy('::ffff:127.0.0.1'), await statusBy('::1')]).toEqual([
      200, 200, 200,
    ]);
    expect(await statusBy('192.168.1.7')).toBe(403);
    await turnkeeper.close();
    server.closeAllConnections();
    server.close();
  });
});

describe('a turnkeeper in a tRPC router of somebody else', () => {
  interface OwnContext {
    readonly session: string | null;
  }

  const identify = ({ session }: OwnContext): Caller | null =>
    session === null ? null : { tenant: 'acme', user: session };

  it('finds the caller in its context, and leaves its own procedures alone', async () => {
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      agent: asking(),
      identify,
      ...onTheRunsRedis(),
    });
    const t = initTRPC.context<OwnContext>().create({ transformer: superjson, errorFormatter });
    const router = t.router({
      own: t.procedure.query(({ ctx }) => ctx.session),
      workflow: turnkeeper.router,
    });
    const callerOf = t.createCallerFactory(router);
    expect(await callerOf({ session: 'ada' }).own()).toBe('ada');
    const result = await callerOf({ session: 'ada' }).workflow.turn(opening());
    expect(result.messages[0]?.text).toBe('How was it?');
    expect((await turnkeeper.caller(ada).workflow.list()).conversations).toHaveLength(1);
    await expect(callerOf({ session: null }).workflow.list()).rejects.toMatchObject({
      cause: { reason: 'UNAUTHENTICATED' },
    });
    await expect(turnkeeper.listen()).rejects.toThrow('listen() needs authenticate');
    expect(() => turnkeeper.express()).toThrow('express() needs authenticate');
    await turnkeeper.close();
  });

  it.each([
    ['headers', (headers: Headers) => ({ headers })],
    ['req.headers', (headers: Headers) => ({ req: { headers } })],
    ["Node's req.headers", (headers: Headers) => ({ req: { headers: Object.fromEntries(headers) } })],
  ] as const)('asks authenticate about %s where identify is not given', async (_name, contextOf) => {
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      authenticate: byHeader,
      ...onTheRunsRedis(),
    });
    const t = initTRPC.context<object>().create();
    const callerOf = t.createCallerFactory(t.router({ workflow: turnkeeper.router }));
    expect(await callerOf(contextOf(new Headers({ 'x-user': 'ada' }))).workflow.list()).toMatchObject({
      conversations: [],
    });
    await turnkeeper.close();
  });

  it('fails, and says in the log why, where the context does not say who calls', async () => {
    const lines: object[] = [];
    const line = (fields: object) => void lines.push(fields);
    const turnkeeper = await createTurnkeeper({
      workflows: [survey],
      logger: { debug: line, info: line, warn: line, error: line },
      ...onTheRunsRedis(),
    });
    const t = initTRPC.context<object>().create();
    const callerOf = t.createCallerFactory(t.router({ workflow: turnkeeper.router }));
    await expect(callerOf({}).workflow.list()).rejects.toMatchObject({
      cause: { reason: 'AUTHENTICATION_UNAVAILABLE' },
    });
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: 'authentication.failed',
        cause: 'ContextWithoutHeaders (GIVE_IDENTIFY)',
      }),
    );
    await turnkeeper.close();
  });
});
