import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { freePort } from '../../../server/embedded-redis/free-port.ts';
import { AgentFailure, ScriptedAgent, createTestCaller } from '../../../server/testing/index.ts';
import type { Agent } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HeldAgent } from '../../support/held-agent.ts';
import { post, query } from '../../support/post.ts';
import { onFreePorts } from '../../support/on-free-ports.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix, keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { runsScript, startReplyEatingProxy } from '../../support/proxy/reply-eating-proxy.ts';
import { startTestServer } from '../../support/running-server.ts';
import { scripts } from '../../support/scripts.ts';
import { roomMs } from '../../support/time.ts';
import { until } from '../../support/until.ts';
import {
  commitTurn,
  justTheLease,
  key,
  look,
  newTicket,
  saidIn,
  stateOf,
  takeLease,
  turnCommit,
} from '../store/sample-turns.ts';

const isAcquire = runsScript(scripts.leaseConversation);
const isAnyScript = ([command]: readonly string[]): boolean => /^eval(sha)?$/i.test(command ?? '');
const isCommit = runsScript(scripts.commitConversation);
const soon = { timeout: 10_000, interval: 10 };

const password = 'the-same-for-both';

async function startNode() {
  const busPort = await freePort();
  const node = await startOwnRedis({
    password,
    extraConfig: ['cluster-enabled yes', `cluster-port ${busPort}`],
  });
  const { redis } = rawRedis(node.url);
  return { ...node, busPort, redis };
}

/**
 * A cluster of two nodes. One has all slots but the first, and clients reach it through the proxy; the other keeps the
 * cluster up while that connection is broken. With a cluster, ioredis repeats a command whose reply was lost with its
 * connection.
 */
async function openCluster() {
  const [node, other] = await Promise.all([onFreePorts(startNode), onFreePorts(startNode)]);
  const proxy = await startReplyEatingProxy(node.url);
  await node.redis.config('SET', 'cluster-announce-ip', '127.0.0.1', 'cluster-announce-port', proxy.port);
  await node.redis.call('CLUSTER', 'ADDSLOTSRANGE', '1', '16383');
  await other.redis.call('CLUSTER', 'ADDSLOTS', '0');
  await node.redis.call('CLUSTER', 'SET-CONFIG-EPOCH', '1');
  await other.redis.call('CLUSTER', 'SET-CONFIG-EPOCH', '2');
  await node.redis.call('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(other.busPort));
  for (const { redis } of [node, other]) {
    await until(async () => {
      const announced = JSON.stringify(await redis.cluster('SLOTS'));
      const info = await redis.cluster('INFO');
      return info.includes('cluster_state:ok') && announced.includes(String(proxy.port));
    });
  }
  return {
    proxy,
    /** The cluster's REDIS_URL. */
    url: `${proxy.url},${other.url}`,
    /** The first node, past the proxy. */
    directUrl: node.url,
    [Symbol.asyncDispose]: async () => {
      for (const { redis } of [node, other]) redis.disconnect();
      await proxy[Symbol.asyncDispose]();
      await Promise.all([node, other].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

describe('a command whose reply was lost with its connection', () => {
  it('is not sent again to a single Redis: lease and commit fail, once each', async () => {
    await using proxy = await startReplyEatingProxy(inject('redisUrl'));
    await using backing = await openRedisBacking({ url: proxy.url });
    const { store, leases } = backing;
    const back = () => vi.waitFor(async () => expect(await store.isReachable()).toBe(true), soon);
    const acquiredBefore = proxy.count(isAcquire);
    void proxy.eat({ what: 'reply', of: isAcquire, andThen: 'cut' });
    await expect(leases.acquire(key, newTicket(), justTheLease)).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    await back();
    expect(proxy.count(isAcquire)).toBe(acquiredBefore + 1);

    const other = { ...key, conversationId: 'another' };
    const { token } = await takeLease(backing, other);
    void proxy.eat({ what: 'reply', of: isCommit, andThen: 'cut' });
    await expect(store.commit(other, turnCommit(token, null))).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    await back();
    expect((await stateOf(backing, other)).turnCount).toBe(1);
    expect(proxy.count(isCommit)).toBe(1);
  });

  it('leaves a lease without a holder, which expires', async () => {
    await using proxy = await startReplyEatingProxy(inject('redisUrl'));
    const leaseTtlMs = 1_000;
    await using lost = await openRedisBacking({ url: proxy.url, leaseTtlMs });
    await using next = await openRedisBacking({ url: inject('redisUrl'), prefix: lost.prefix, leaseTtlMs });
    void proxy.eat({ what: 'reply', of: isAcquire, andThen: 'cut' });
    await expect(lost.leases.acquire(key, newTicket(), justTheLease)).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    expect(await next.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
    const began = performance.now();
    await vi.waitFor(() => takeLease(next), soon);
    expect(performance.now() - began).toBeLessThan(leaseTtlMs + roomMs);
  });
});

describe('a cluster is sent again a command whose reply was lost with its connection', () => {
  let cluster: Awaited<ReturnType<typeof openCluster>>;
  beforeAll(async () => {
    cluster = await openCluster();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  // ioredis tries for 400 ms; a busy machine may take longer to reconnect, and the failure reported then is right, too.
  const mostTries = 10;

  for (const [what, lost] of [
    ['lease', isAcquire],
    ['commit', isCommit],
  ] as const) {
    it(`for the ${what}: the turn runs once, and nobody notices`, async () => {
      const { proxy } = cluster;
      const env = { REDIS_URL: cluster.url, REDIS_COMMAND_TIMEOUT_MS: '2000', LOCK_TTL_MS: '1000' };
      await using server = await startTestServer({ env });
      const turn = (number: number) => {
        server.agent.willAnswer({ text: 'Tell me more.' });
        const input = { conversationId: 'c', workflowId: 'survey', input: text('go on') };
        return post(server.url, 'workflow.turn', { ...input, turnId: `turn-${number}`, whenBusy: 'wait' });
      };
      let isUnnoticed = false;
      let number = 0;
      while (!isUnnoticed && number < mostTries) {
        number += 1;
        const sent = proxy.count(lost);
        const asked = server.agent.requests.length;
        void proxy.eat({ what: 'reply', of: lost, andThen: 'cut' });
        const answer = await turn(number);
        proxy.eatNothing();
        isUnnoticed = answer.error === null;
        if (isUnnoticed) {
          expect(answer.data).toMatchObject({ replayed: false, turn: { number } });
          expect(proxy.count(lost)).toBeGreaterThanOrEqual(sent + 2);
          expect(server.agent.requests).toHaveLength(asked + 1);
        } else {
          expect(answer.error?.data.reason).toBe('STATE_STORE_UNAVAILABLE');
          await vi.waitFor(async () => expect((await turn(number)).status).toBe(200), soon);
        }
      }
      expect(isUnnoticed).toBe(true);
      expect(await idsIn(server.url)).toEqual(idsOfTurns(number));
    });
  }

  it('after another turn has committed: both turns stand, once each', async () => {
    const { proxy } = cluster;
    const prefix = freshPrefix();
    await using delayed = await openRedisBacking({ url: cluster.url, prefix });
    await using other = await openRedisBacking({ url: cluster.directUrl, prefix });
    let isUnnoticed = false;
    for (let tried = 0; !isUnnoticed && tried < mostTries; tried += 1) {
      const of = { ...key, conversationId: `try-${tried}` };
      await vi.waitFor(async () => expect(await delayed.store.isReachable()).toBe(true), soon);
      const { token } = await takeLease(other, of);
      const commit = turnCommit(token, null);
      void proxy.eat({ what: 'reply', of: isCommit, andThen: 'cut' });
      const committing = delayed.store.commit(of, commit).catch(() => 'lost');
      await vi.waitFor(async () => expect((await stateOf(other, of)).turnCount).toBe(1), soon);
      const again = proxy.delay(isCommit);
      const sentAgain = await Promise.race([again.met.then(() => true), committing.then(() => false)]);
      if (!sentAgain) {
        proxy.eatNothing();
        continue;
      }
      const second = await commitTurn(other, of);
      const third = await takeLease(other, of);
      await again.letGo();
      isUnnoticed = (await committing) === 'committed';
      const stored = await other.store.read(of, { turns: 10 });
      expect(stored?.turns).toEqual([commit, second].map(({ turn }) => saidIn(turn.record)));
      expect(stored?.state).toEqual(second.state);
      expect((await look(other, of, { turnId: null, opens: false })).leaseToken).toBe(third.token);
    }
    expect(isUnnoticed).toBe(true);
  });
});

async function idsIn(url: string): Promise<string[]> {
  const { data } = await query(url, 'workflow.get', { conversationId: 'c', messages: { limit: 100 } });
  return (data as { messages: { id: string }[] }).messages.map(({ id }) => id);
}

function idsOfTurns(count: number): string[] {
  return Array.from({ length: count }, (_, index) => [`${index + 1}.0`, `${index + 1}.1`]).flat();
}

describe('a server each of whose scripts Redis is sent twice', () => {
  async function openDoubled(agent: Agent) {
    const redisUrl = inject('redisUrl');
    const proxy = await startReplyEatingProxy(redisUrl);
    const prefix = freshPrefix();
    const raw = rawRedis(redisUrl);
    const under = await createTestCaller({
      ...{ definitions: [survey], agent },
      store: { redisUrl: proxy.url, prefix },
    });
    proxy.sendTwice(isAnyScript);
    const { workflow } = under.caller;
    type Rest = Omit<Parameters<typeof workflow.turn>[0], 'conversationId' | 'turnId' | 'input'>;
    return {
      events: under.events,
      workflow,
      turn: (turnId: string, rest: Rest = {}) =>
        workflow.turn({ conversationId: 'c', turnId, input: text('go on'), ...rest }),
      ids: async () => {
        const { messages } = await workflow.get({ conversationId: 'c', messages: { limit: 100 } });
        return messages.map(({ id }) => id);
      },
      storedKeys: () => keysUnder(raw.redis, prefix),
      [Symbol.asyncDispose]: async () => {
        raw[Symbol.dispose]();
        await under[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
      },
    };
  }

  it('runs turns, replays, rollbacks, an end and a purge as if each had been sent once', async () => {
    const agent = new ScriptedAgent([{ text: 'one' }, { text: 'two' }, new AgentFailure('failed', 'no')]);
    await using under = await openDoubled(agent);
    expect(await under.turn('turn-1')).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect(await under.turn('turn-2')).toMatchObject({ replayed: false, turn: { number: 2 } });
    expect(await under.turn('turn-1')).toMatchObject({ replayed: true, turn: { number: 1 } });
    expect((await failureOf(under.turn('turn-3'))).error.reason).toBe('AGENT_FAILED');
    agent.willAnswer({ text: 'three' });
    expect(await under.turn('turn-3')).toMatchObject({ replayed: false, turn: { number: 3 } });
    expect(await under.ids()).toEqual(['1.0', '1.1', '2.0', '2.1', '3.0', '3.1']);
    const conversations = agent.requests.map(({ agentConversationId }) => agentConversationId);
    expect(conversations).toEqual(['scripted-1', 'scripted-1', 'scripted-1', 'scripted-2']);
    const ended = await under.workflow.end({ conversationId: 'c', outcome: 'cancelled' });
    expect(ended.workflowState.status).toBe('ended');
    expect(
      (await under.workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true })).purged,
    ).toBe(true);
    expect(await under.storedKeys()).toEqual([]);
  });

  it('lets waiting turns run one after the other, each once', async () => {
    const agent = new HeldAgent();
    await using under = await openDoubled(agent);
    const wait = { whenBusy: 'wait' } as const;
    const turns = [under.turn('turn-1', wait)];
    const questions = [await agent.question()];
    for (const turnId of ['turn-2', 'turn-3', 'turn-2']) turns.push(under.turn(turnId, wait));
    questions[0]?.answer('one');
    for (let asked = 2; asked <= 3; asked += 1) (await agent.question()).answer();
    const results = await Promise.all(turns);
    expect(results.map(({ replayed }) => replayed).filter(Boolean)).toHaveLength(1);
    expect(await under.ids()).toEqual(['1.0', '1.1', '2.0', '2.1', '3.0', '3.1']);
    expect(agent.asked).toBe(3);
  });

  it('interrupts the running turn, and not the one that took its place', async () => {
    const agent = new HeldAgent();
    await using under = await openDoubled(agent);
    const interrupted = failureOf(under.turn('turn-1'));
    await agent.question();
    const turn = under.turn('turn-2', { whenBusy: 'interrupt' });
    (await agent.question()).answer();
    expect(await turn).toMatchObject({ replayed: false, turn: { number: 1 } });
    expect((await interrupted).error.reason).toBe('TURN_INTERRUPTED');
    expect(await under.ids()).toEqual(['1.0', '1.1']);
  });
});
