import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { answers, dropsAfter, fails, saysJson, says } from '../../support/openai-server/replies.ts';
import { contentChunk, opening } from '../../support/openai-server/chunks.ts';
import { startOpenAiServer } from '../../support/openai-server/openai-server.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { foundIn } from './planted-texts.ts';

/** Everything that no output may contain. Each is unlike the others, and unlike anything that a server prints. */
const planted = {
  redisPassword: 'plantedRedisPassword0123456789abcdef',
  apiKey: 'sk-plantedApiKey0123456789',
  mistypedKey: 'sk-plantedMistypedKey0123456789',
  digestSecret: 'plantedDigestSecret0123456789abcdef',
  metricsToken: 'plantedMetricsToken0123456789abcdef',
  wrongMetricsToken: 'plantedWrongMetricsToken0123456789',
  userToken: 'plantedUserToken0123456789',
  cookie: 'plantedCookie0123456789',
  email: 'planted.person@planted-mail.example',
  userWords: 'planted user words',
  agentWords: 'planted agent words',
  fieldValue: 'planted field value',
  fieldAsJson: '[planted field that is no JSON',
  rejectedValue: 'planted rejected value',
  endReason: 'planted end reason',
  agentError: 'planted words of the agent that failed',
  body: 'planted broken body',
  path: 'plantedPath',
  queryString: 'plantedQueryString',
  host: 'planted-host.example',
  origin: 'https://planted-origin.example',
  header: 'plantedHeaderValue',
  baggage: 'plantedBaggageValue',
  badId: 'planted bad id',
  unknownWorkflow: 'planted-unknown-workflow',
} as const;

const headers = {
  'x-dev-user': planted.email,
  authorization: `Bearer ${planted.userToken}`,
  cookie: `session=${planted.cookie}`,
  baggage: `key=${planted.baggage}`,
};

const turn = (turnId: string, more: object = {}) => ({
  conversationId: 'c',
  workflowId: 'claims',
  turnId,
  input: { type: 'text', text: planted.userWords },
  ...more,
});

/** Starts a server process with all its secrets planted, on a Redis and an agent of its own. */
async function startPlanted() {
  const redis = await startOwnRedis({ password: planted.redisPassword });
  const agent = await startOpenAiServer();
  const server = await startServerProcess({
    NODE_OPTIONS: `--import ${new URL('print-spans.mjs', import.meta.url).href}`,
    REDIS_URL: redis.url,
    REDIS_PREFIX: freshPrefix().slice(0, 20),
    WORKFLOWS_DIR: fileURLToPath(new URL('planted-workflows', import.meta.url)),
    LOG_LEVEL: 'trace',
    SHOW_ERROR_CAUSES: 'true',
    AGENT_PROVIDER: 'openai-compatible',
    OPENAI_BASE_URL: agent.baseUrl,
    OPENAI_MODEL: 'test-model',
    OPENAI_API_KEY: planted.apiKey,
    OPENAI_APIKEY: planted.mistypedKey,
    DIGEST_SECRET: planted.digestSecret,
    METRICS_TOKEN: planted.metricsToken,
  });
  const { url } = await server.started();
  const resources = [server, agent, redis];
  return {
    redis,
    agent,
    server,
    url,
    [Symbol.asyncDispose]: async () => {
      for (const resource of resources) await resource[Symbol.asyncDispose]();
    },
  };
}

type Planted = Awaited<ReturnType<typeof startPlanted>>;

async function goodPaths({ agent, url }: Planted): Promise<void> {
  agent.reply(
    saysJson({
      prompt: planted.agentWords,
      data: { note: planted.fieldValue, amount: planted.rejectedValue },
    }),
  );
  const first = await post(url, 'workflow.turn', turn('t1'), headers);
  expect(first.error).toBeNull();
  expect(JSON.stringify(first.data)).toContain(planted.fieldValue);
  expect(JSON.stringify(first.data)).toContain(planted.agentWords);
  await post(url, 'workflow.turn', turn('t1'), headers);
  await post(url, 'workflow.turn', turn('t1', { input: { type: 'text', text: 'other' } }), headers);
  await query(url, 'workflow.get', { conversationId: 'c', messages: { limit: 10 } }, headers);
  await query(url, 'workflow.list', {}, headers);
  await watchOnce(url);
  const end = { conversationId: 'c', outcome: 'cancelled', reason: planted.endReason };
  expect((await post(url, 'workflow.end', end, headers)).error).toBeNull();
  await post(url, 'workflow.turn', turn('t2'), headers);
}

/** Reads the first piece of a watch. */
async function watchOnce(url: string): Promise<void> {
  const input = encodeURIComponent(JSON.stringify({ json: { conversationId: 'c' } }));
  const leaving = new AbortController();
  const watch = await fetch(`${url}/trpc/workflow.watch?input=${input}`, { headers, signal: leaving.signal });
  await watch.body?.getReader().read();
  leaving.abort();
}

async function failingPaths({ agent, url }: Planted): Promise<void> {
  const half = [opening, contentChunk(planted.agentError)];
  const replies = [
    ...[400, 401, 404, 429, 500].map((status) => fails(status, planted.agentError)),
    answers(200, 'text/html', `<html>${planted.agentError}</html>`),
    answers(200, 'text/event-stream', `data: {"${planted.agentError}\n\n`),
    dropsAfter(...half),
    saysJson({ prompt: planted.agentError, step: planted.agentError, action: planted.agentError }),
    says('```json\n{"data": {"note": planted agent words that are no JSON\n```'),
  ];
  for (const [index, reply] of replies.entries()) {
    agent.otherwise(reply);
    await post(url, 'workflow.turn', turn(`f${index}`, { conversationId: `f${index}` }), headers);
  }
  agent.otherwise(saysJson({ prompt: planted.agentWords, data: { note: planted.fieldAsJson } }));
  const unforeseen = turn('u', { conversationId: 'u' });
  expect((await post(url, 'workflow.turn', unforeseen, headers)).error?.data.reason).toBe('INTERNAL');
}

async function hostilePaths({ url }: Planted): Promise<void> {
  const json = { ...headers, 'content-type': 'application/json' };
  const send = (path: string, init: RequestInit) => fetch(`${url}${path}`, init);
  const large = JSON.stringify({
    json: turn('l', { input: { type: 'text', text: planted.userWords.repeat(50_000) } }),
  });
  const deep = `{"json":${'['.repeat(5_000)}"${planted.body}"${']'.repeat(5_000)}}`;
  for (const body of [
    planted.body,
    `{"json": "${planted.body}`,
    large,
    deep,
    `{"json":{"${planted.body}":1}}`,
  ]) {
    await send('/trpc/workflow.turn', { method: 'POST', headers: json, body });
  }
  for (const contentType of ['text/plain', planted.header, `application/json; charset=${planted.header}`]) {
    await send('/trpc/workflow.turn', {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType },
      body: planted.body,
    });
  }
  for (const path of [
    `/trpc/${planted.path}`,
    `/trpc/workflow.get?input=${planted.queryString}`,
    `/trpc/workflow.get,workflow.list?batch=1&input=${planted.queryString}`,
    `/trpc/workflow.get?input=${encodeURIComponent(JSON.stringify({ json: { conversationId: planted.badId } }))}`,
    `/${planted.path}?${planted.queryString}=1`,
    `/%zz${planted.path}`,
    `/metrics?${planted.queryString}`,
  ]) {
    await send(path, { headers });
    await send(path, { method: 'DELETE', headers });
  }
  await post(url, 'workflow.turn', turn(planted.badId), headers);
  const unknown = turn('w', { conversationId: 'w', workflowId: planted.unknownWorkflow });
  await post(url, 'workflow.turn', unknown, headers);
  await post(url, 'workflow.turn', turn('o'), { ...headers, origin: planted.origin });
  const lines = ['GET /trpc/workflow.list HTTP/1.1', 'Connection: close'];
  await rawRequest(url, [...lines, `Host: ${planted.host}`]);
  await rawRequest(url, [...lines, 'Host: x', `Bad header ${planted.header}: y`]);
  await rawRequest(url, [...lines, 'Host: x', `X-Large: ${planted.header.repeat(3_000)}`]);
  const wrong = { authorization: `Bearer ${planted.wrongMetricsToken}` };
  expect((await send('/metrics', { headers: wrong })).status).toBe(401);
}

async function withoutRedis({ redis, url }: Planted): Promise<void> {
  await redis.kill();
  const failed = await post(url, 'workflow.turn', turn('r', { conversationId: 'r' }), headers);
  expect(failed.error?.data.reason).toBe('STATE_STORE_UNAVAILABLE');
  await query(url, 'workflow.get', { conversationId: 'c' }, headers);
}

describe('a whole run of a server, at the most talkative level', () => {
  it('prints, counts and traces nothing of the secrets and words that it was given', async () => {
    await using run = await startPlanted();
    await goodPaths(run);
    await failingPaths(run);
    await hostilePaths(run);
    await withoutRedis(run);
    const authorization = `Bearer ${planted.metricsToken}`;
    const scraped = await fetch(`${run.url}/metrics`, { headers: { authorization } });
    const metrics = await scraped.text();
    run.server.signal('SIGTERM');
    const { stdout, stderr } = await run.server.ended;
    const output = `${stdout}${stderr}${metrics}`;

    // The run has been where it was meant to be.
    for (const event of [
      ...['turn.started', 'turn.committed', 'turn.replayed', 'turn.rolledBack', 'agent.failed'],
      ...['conversation.ended', 'error.unexpected', 'store.unreachable', 'call.failed'],
    ]) {
      expect(stdout).toContain(`"event":"${event}"`);
    }
    for (const span of ['turn', 'turn.lease', 'turn.load', 'invoke_agent openai-compatible', 'turn.commit']) {
      expect(stdout).toContain(`name: '${span}'`);
    }
    expect(stderr).toContain('OPENAI_APIKEY');
    expect(metrics).toContain('turnkeeper_unexpected_errors_total 1');
    expect(run.agent.requests[0]?.headers['authorization']).toBe(`Bearer ${planted.apiKey}`);
    expect(JSON.stringify(run.agent.requests)).toContain(planted.userWords);

    expect(foundIn(output, planted)).toEqual([]);
    // A part of a planted text would do harm, too.
    expect(
      output.split('\n').filter((line) => /planted/i.test(line.replaceAll('planted-workflows', ''))),
    ).toEqual([]);
  });
});
