import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../server/testing/index.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';
import { nameOf, scrape } from '../../support/scrape.ts';
import { faulty, faultyAnswer, travel } from '../contract/sample-workflows.ts';

const onOwnPort = { METRICS_PORT: '0' };
const token = 'a-token-of-thirty-two-characters-0';

const turn = (turnId: string, more: object = {}) => ({
  conversationId: 'c',
  workflowId: 'travel',
  turnId,
  input: { type: 'text', text: 'hello' },
  ...more,
});

/** The address of a server's metrics, which it must serve. */
function metricsOf({ metricsUrl }: { readonly metricsUrl: string | null }): string {
  if (metricsUrl === null) throw new Error('the server serves no metrics');
  return metricsUrl;
}

describe('metrics', () => {
  it('count turns by outcome, rollbacks by reason, failures of the agent, and ends', async () => {
    await using server = await startTestServer({ env: onOwnPort });
    server.agent.willAnswer({ text: 'Yes', data: { nights: 2 } }, new AgentFailure('refused', 'throttled'));
    await post(server.url, 'workflow.turn', turn('t1'));
    await post(server.url, 'workflow.turn', turn('t1'));
    await post(server.url, 'workflow.turn', turn('t2'));
    await post(server.url, 'workflow.end', { conversationId: 'c', outcome: 'cancelled' });
    const read = await scrape(metricsOf(server));
    expect(Object.fromEntries(read)).toMatchObject({
      'turnkeeper_turns_total{outcome="committed"}': 1,
      'turnkeeper_turns_total{outcome="replayed"}': 1,
      'turnkeeper_turns_total{outcome="rolled_back"}': 1,
      'turnkeeper_turns_total{outcome="refused"}': 0,
      'turnkeeper_turn_rollbacks_total{reason="AGENT_FAILED"}': 1,
      'turnkeeper_turn_rollbacks_total{reason="AGENT_TIMEOUT"}': 0,
      turnkeeper_turn_outcomes_unknown_total: 0,
      'turnkeeper_turn_answers_total{parse="structured"}': 1,
      'turnkeeper_agent_failures_total{outcome="refused"}': 1,
      turnkeeper_agent_answer_duration_seconds_count: 1,
      'turnkeeper_conversations_ended_total{outcome="cancelled"}': 1,
      turnkeeper_redis_outages_total: 0,
      turnkeeper_ready: 1,
    });
  });

  it('measure a turn and its parts in seconds, by the times that its caller is told', async () => {
    await using server = await startTestServer({ env: onOwnPort });
    server.agent.willAnswer({ text: 'Yes' });
    const { data } = await post(server.url, 'workflow.turn', turn('t1'));
    const { latencyMs, timings } = data as { latencyMs: number; timings: Record<string, number> };
    const read = await scrape(metricsOf(server));
    expect(read.get('turnkeeper_turn_duration_seconds_sum{workflow_id="travel"}')).toBe(latencyMs / 1000);
    expect(read.get('turnkeeper_turn_duration_seconds_count{workflow_id="travel"}')).toBe(1);
    for (const part of ['wait', 'load', 'agent', 'commit']) {
      expect(read.get(`turnkeeper_turn_part_duration_seconds_sum{part="${part}"}`)).toBe(
        (timings[`${part}Ms`] ?? NaN) / 1000,
      );
      expect(read.get(`turnkeeper_turn_part_duration_seconds_count{part="${part}"}`)).toBe(1);
    }
  });

  it('show turns in flight, turns that wait, and the contention between them', async () => {
    const agent = new HeldAgent();
    await using server = await startTestServer({ agent, env: onOwnPort });
    const first = post(server.url, 'workflow.turn', turn('t1'));
    const question = await agent.question();
    const second = post(server.url, 'workflow.turn', turn('t2', { whenBusy: 'wait' }));
    await post(server.url, 'workflow.turn', turn('t3'));
    await expect
      .poll(async () => Object.fromEntries(await scrape(metricsOf(server))))
      .toMatchObject({
        turnkeeper_turns_in_flight: 1,
        turnkeeper_turns_waiting: 1,
        'turnkeeper_turns_total{outcome="refused"}': 1,
        'turnkeeper_lease_contention_total{call="turn",outcome="refused"}': 1,
      });
    question.answer();
    (await agent.question()).answer();
    await Promise.all([first, second]);
    expect(Object.fromEntries(await scrape(metricsOf(server)))).toMatchObject({
      turnkeeper_turns_in_flight: 0,
      turnkeeper_turns_waiting: 0,
      'turnkeeper_lease_contention_total{call="turn",outcome="granted"}': 1,
    });
  });

  it('show watchers while they watch', async () => {
    await using server = await startTestServer({ env: onOwnPort });
    server.agent.willAnswer({ text: 'Yes' });
    await post(server.url, 'workflow.turn', turn('t1'));
    const leaving = new AbortController();
    const input = encodeURIComponent(JSON.stringify({ json: { conversationId: 'c' } }));
    const watch = await fetch(`${server.url}/trpc/workflow.watch?input=${input}`, { signal: leaving.signal });
    expect(watch.status).toBe(200);
    await expect.poll(async () => (await scrape(metricsOf(server))).get('turnkeeper_watchers')).toBe(1);
    leaving.abort();
    await expect.poll(async () => (await scrape(metricsOf(server))).get('turnkeeper_watchers')).toBe(0);
  });

  it('count an outage of Redis once, and say that the server is not ready', async () => {
    await using redis = await startOwnRedis();
    await using server = await startTestServer({ env: { ...onOwnPort, REDIS_URL: redis.url } });
    expect((await scrape(metricsOf(server))).get('turnkeeper_ready')).toBe(1);
    await redis.stop();
    await query(server.url, 'workflow.list', {});
    await post(server.url, 'workflow.turn', turn('t1'));
    await expect
      .poll(async () => Object.fromEntries(await scrape(metricsOf(server))))
      .toMatchObject({
        turnkeeper_ready: 0,
        turnkeeper_redis_outages_total: 1,
        'turnkeeper_turn_rollbacks_total{reason="STATE_STORE_UNAVAILABLE"}': 1,
        'turnkeeper_calls_failed_total{procedure="workflow.list",reason="STATE_STORE_UNAVAILABLE"}': 1,
      });
  });

  it('count errors that nobody foresaw', async () => {
    await using server = await startTestServer({ env: onOwnPort, definitions: [faulty] });
    server.agent.willAnswer(faultyAnswer);
    await post(server.url, 'workflow.turn', turn('t1', { workflowId: 'faulty' }));
    expect((await scrape(metricsOf(server))).get('turnkeeper_unexpected_errors_total')).toBe(1);
  });

  it('are of one server, and those of the process are there besides', async () => {
    await using one = await startTestServer({ env: onOwnPort, definitions: [travel] });
    await using other = await startTestServer({ env: onOwnPort, definitions: [travel] });
    one.agent.willAnswer({ text: 'Yes' });
    await post(one.url, 'workflow.turn', turn('t1'));
    const committed = 'turnkeeper_turns_total{outcome="committed"}';
    const ofOther = await scrape(metricsOf(other));
    expect((await scrape(metricsOf(one))).get(committed)).toBe(1);
    expect(ofOther.get(committed)).toBe(0);
    expect(ofOther.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  });

  it('have names with our prefix, and labels whose values are bounded', async () => {
    await using server = await startTestServer({ env: onOwnPort });
    server.agent.willAnswer({ text: 'Yes' });
    const as = { 'x-dev-user': 'user-of-the-label', 'x-dev-tenant': 'tenant-of-the-label' };
    await post(server.url, 'workflow.turn', turn('t1', { conversationId: 'conversation-of-the-label' }), as);
    const series = [...(await scrape(metricsOf(server))).keys()];
    expect(series.join('\n')).not.toContain('of-the-label');
    expect(series.filter((name) => !/^(turnkeeper|process|nodejs)_/.test(name))).toEqual([]);
    const labels = series
      .filter((name) => nameOf(name).startsWith('turnkeeper_'))
      .flatMap((name) => [...name.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    expect([...new Set(labels)].toSorted()).toEqual(
      [
        'call',
        'kind',
        'le',
        'of',
        'outcome',
        'parse',
        'part',
        'reason',
        'resource',
        'workflow_id',
      ].toSorted(),
    );
  });
});

describe('the address of metrics', () => {
  it('is nowhere unless a setting says so', async () => {
    await using server = await startTestServer();
    expect(server.metricsUrl).toBeNull();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it('is a port of its own, which serves nothing else, and not the main port', async () => {
    await using server = await startTestServer({ env: onOwnPort });
    const url = metricsOf(server);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect((await fetch(url.replace('/metrics', '/livez'))).status).toBe(404);
    expect((await fetch(`${url}?name=x`)).status).toBe(200);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    await server.stop();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('is the main port for a bearer of the token, or of the one before it', async () => {
    const env = { METRICS_TOKEN: `${token}, ${token}-before` };
    await using server = await startTestServer({ env });
    const url = metricsOf(server);
    expect(url).toBe(`${server.url}/metrics`);
    const statusFor = async (authorization: string | undefined) =>
      (await fetch(url, { headers: authorization === undefined ? {} : { authorization } })).status;
    expect(await statusFor(`Bearer ${token}`)).toBe(200);
    expect(await statusFor(`bearer ${token}-before`)).toBe(200);
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Basic ${token}`,
      token,
      `Bearer ${token} ${token}`,
    ]) {
      expect(await statusFor(wrong)).toBe(401);
    }
    const refused = await fetch(url);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.text()).not.toContain('turnkeeper_');
  });
});
