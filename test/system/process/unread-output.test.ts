import { access, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { deferred } from '../../support/deferred.ts';
import { listenLocally } from '../../support/local-server.ts';
import { post } from '../../support/post.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A process takes long to start while others keep the machine busy. */
const timeout = 300_000;

const claimSchema = z.object({ redisPid: z.number() });
const turn = {
  conversationId: 'c',
  workflowId: 'leave-request',
  turnId: 't1',
  input: { type: 'text', text: 'hello' },
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** An endpoint for chat completions that answers when the test says so; use with `await using`. */
async function startHeldModel() {
  const asked = deferred();
  const answer = deferred();
  const server = createServer((request, response) => {
    request.resume();
    asked.resolve();
    void answer.promise.then(() => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const choice of [
        { delta: { role: 'assistant', content: 'Tell me more.' }, finish_reason: null },
        { delta: {}, finish_reason: 'stop' },
      ]) {
        const chunk = { id: 'x', object: 'chat.completion.chunk', created: 0, model: 'held' };
        response.write(`data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`);
      }
      response.end('data: [DONE]\n\n');
    });
  });
  const { url, ...listening } = await listenLocally(server);
  return {
    ...listening,
    env: {
      AGENT_PROVIDER: 'openai-compatible',
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_MODEL: 'held',
    },
    asked: asked.promise,
    answer: answer.resolve,
  };
}

/** A server with a Redis of its own and a running turn. */
async function startInTurn() {
  const folder = await temporaryFolder();
  const model = await startHeldModel();
  const server = await startServerProcess({ TURNKEEPER_DATA_DIR: folder.path, ...model.env });
  const { url } = await server.started();
  const claimPath = join(folder.path, 'redis.json');
  const claim = async () => claimSchema.parse(JSON.parse(await readFile(claimPath, 'utf8')));
  const answer = post(url, 'workflow.turn', turn);
  await model.asked;
  return {
    ...{ url, server, model, answer },
    redisPid: async () => (await claim()).redisPid,
    hasClaim: () =>
      access(claimPath).then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]: async () => {
      model.answer();
      await server[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Settles when a server takes no more connections, as one that is told to end. */
async function refusesConnections(url: string): Promise<void> {
  await vi.waitFor(() =>
    expect(fetch(`${url}/readyz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } }),
  );
}

describe('a server in the midst of a turn, that is told to end', { timeout }, () => {
  it.each([
    ['SIGTERM', 'nobody reads its standard output', ['stdout']],
    ['SIGINT', 'nobody reads its standard output', ['stdout']],
    ['SIGTERM', 'nobody reads its standard error', ['stderr']],
    ['SIGTERM', 'nobody reads either', ['stdout', 'stderr']],
    ['SIGHUP', 'nobody reads either', ['stdout', 'stderr']],
    ['SIGHUP', 'all of its output is read', []],
  ] as const)('by %s ends in order, while %s', async (signal, _, unread) => {
    await using running = await startInTurn();
    const { server, model } = running;
    const redisPid = await running.redisPid();
    for (const output of unread) server.stopReading(output);
    server.signal(signal);
    // The server waits for the turn by then.
    await refusesConnections(running.url);
    model.answer();
    expect((await running.answer).status).toBe(200);
    expect((await server.ended).exitCode).toBe(0);
    expect(isAlive(redisPid)).toBe(false);
    expect(await running.hasClaim()).toBe(false);
  });
});

describe('a server whose output nobody reads', { timeout }, () => {
  it("goes on when its own Redis dies, although it can't report that", async () => {
    await using running = await startInTurn();
    const { server, model, url } = running;
    model.answer();
    expect((await running.answer).status).toBe(200);
    for (const output of ['stdout', 'stderr'] as const) server.stopReading(output);
    const deadPid = await running.redisPid();
    process.kill(deadPid, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const answer = await post(url, 'workflow.turn', { ...turn, turnId: 't2' });
        expect(answer.data).toMatchObject({ turn: { number: 2 } });
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await running.redisPid()).not.toBe(deadPid);
  });
});

describe('a second SIGHUP', { timeout }, () => {
  it("does not cut the first one's shutdown short: a closed terminal sends two", async () => {
    await using running = await startInTurn();
    const { server, model } = running;
    server.signal('SIGHUP');
    await refusesConnections(running.url);
    server.signal('SIGHUP');
    await refusesConnections(running.url);
    model.answer();
    expect((await running.answer).status).toBe(200);
    expect((await server.ended).exitCode).toBe(0);
  });
});
