import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import type { RequestHandler } from 'express';
import { pino } from 'pino';
import { describe, expect, inject, it, vi } from 'vitest';
import { parseStandaloneUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { openServer } from '../../../server/serve.ts';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { post, query } from '../../support/post.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { patientCommandMs } from '../../support/time.ts';
import { survey } from '../contract/sample-workflows.ts';

/** An express application that has the server under `/assist`, after middlewares of its own; use with `await using`. */
async function startMounted(...before: readonly RequestHandler[]) {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'assets'));
  await writeFile(join(folder.path, 'index.html'), '<!doctype html><title>Turnkeeper</title><p>The page</p>');
  await writeFile(join(folder.path, 'assets/index-Ab12.js'), 'console.log(1)');
  await writeFile(join(folder.path, 'assets/index-Ab12.js.gz'), gzipSync('console.log(1)'));
  const parsed = parseEnvironment({
    REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}`,
    REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs),
    MAX_BODY_BYTES: '2000',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const server = await openServer({
    settings: parsed.settings,
    definitions: [survey],
    logger: pino({ level: 'silent' }),
    redis: parseStandaloneUrl(inject('redisUrl')),
    agent: new ScriptedAgent([{ text: 'How was it?' }, { text: 'And now?' }]),
    chatDir: folder.path,
  });
  await server.firstConnection;
  const app = express();
  for (const middleware of before) app.use(middleware);
  app.get('/own', (_request, response) => {
    response.json({ own: true });
  });
  app.use('/assist', server.app());
  const listening = createServer(app);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/assist`,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      listening.closeAllConnections();
      await new Promise((resolve) => listening.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

const opening = (conversationId = randomUUID()) => ({
  conversationId,
  workflowId: 'survey',
  input: { type: 'text', text: 'hello' },
});

const addHeader: RequestHandler = (_request, response, next) => {
  response.setHeader('X-Own', 'yes');
  next();
};

describe('a server that is mounted under a path of an express application', () => {
  it('answers calls below that path, and leaves the rest to the application', async () => {
    await using app = await startMounted();
    const input = opening();
    expect((await post(app.url, 'workflow.turn', input)).status).toBe(200);
    const { data } = await query(app.url, 'workflow.get', { conversationId: input.conversationId });
    expect(data).toMatchObject({ workflowState: { turnCount: 1 } });
    expect(await (await fetch(`${app.origin}/own`)).json()).toEqual({ own: true });
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  });

  it("answers single calls the short way there, too, with the application's headers beside its own", async () => {
    await using app = await startMounted(addHeader);
    // tRPC's own adapter makes one for each request; the client's fetch below makes none of the global class.
    const adapted = vi.spyOn(globalThis, 'Request');
    try {
      const response = await fetch(`${app.url}/trpc/workflow.definitions`);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-own')).toBe('yes');
      expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
      expect(adapted).not.toHaveBeenCalled();
      await fetch(`${app.url}/trpc/workflow.definitions,workflow.definitions?batch=1`);
      expect(adapted).toHaveBeenCalledOnce();
    } finally {
      adapted.mockRestore();
    }
  });

  it.each([
    ['as JSON', express.json()],
    ['as text', express.text({ type: '*/*' })],
    ['as bytes', express.raw({ type: '*/*' })],
  ] as const)(
    'takes a body that the application has read already %s, within its own limit',
    async (_as, parser) => {
      await using app = await startMounted(parser);
      expect((await post(app.url, 'workflow.turn', opening())).status).toBe(200);
      const { status, error } = await post(app.url, 'workflow.turn', {
        ...opening(),
        input: { type: 'text', text: 'x'.repeat(2_000) },
      });
      expect([status, error?.data.reason]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    },
  );

  it('leads to the page with a slash at its end, because the addresses in it are relative', async () => {
    await using app = await startMounted();
    const response = await fetch(`${app.url}?from=mail`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, './assist/?from=mail']);
    const page = await fetch(app.url);
    expect([page.url, await page.text()]).toEqual([`${app.url}/`, expect.stringContaining('The page')]);
    const script = await fetch(`${app.url}/assets/index-Ab12.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect([script.headers.get('content-encoding'), await script.text()]).toEqual(['gzip', 'console.log(1)']);
  });

  it('says where everything is when there is nothing at a path', async () => {
    await using app = await startMounted();
    const response = await fetch(`${app.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error:
        'There is nothing here. The chat page is at /assist/, the API at /assist/trpc, health at /assist/livez and /assist/readyz.',
    });
  });
});
