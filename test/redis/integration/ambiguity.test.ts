import { describe, expect, inject, it, vi } from 'vitest';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { text } from '../contract/sample-workflows.ts';
import { post, query } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { runsScript, startReplyEatingProxy } from '../../support/proxy/reply-eating-proxy.ts';
import { startTestServer } from '../../support/running-server.ts';
import { scripts } from '../../support/scripts.ts';

const isCommit = runsScript(scripts.commitConversation);
const isPurge = runsScript(scripts.purgeConversation);
const identity = { tenant: 'dev', user: 'somebody' };
type Answer = Awaited<ReturnType<typeof post>>;

const waiting = { timeout: 10_000, interval: 20 };
const headers = { 'x-dev-tenant': identity.tenant, 'x-dev-user': identity.user };

/** Two servers over one Redis; the first one's connection goes through a proxy. */
async function openPair({ lockTtlMs = 1_000, andThen = 'hang' } = {}) {
  const redisUrl = inject('redisUrl');
  const proxy = await startReplyEatingProxy(redisUrl);
  // A short timeout only for a silent Redis, where it always runs out; a busy machine must not look like one.
  const commandTimeoutMs = andThen === 'hang' ? 700 : 3_000;
  const env = { REDIS_COMMAND_TIMEOUT_MS: String(commandTimeoutMs), LOCK_TTL_MS: String(lockTtlMs) };
  const one = await startTestServer({ env: { ...env, REDIS_URL: proxy.url } });
  const { redisPrefix } = one.settings;
  const two = await startTestServer({ env: { ...env, REDIS_PREFIX: redisPrefix } });
  const raw = rawRedis(redisUrl);
  const keys = new KeyBuilder(redisPrefix).conversation({ ...identity, conversationId: 'c' });
  const servers = { 'the same server': one, 'another server': two };
  for (const { agent } of [one, two]) agent.willAnswer({ text: 'one' }, { text: 'two' }, { text: 'three' });
  return {
    proxy,
    servers,
    one,
    two,
    turn: ({ url }: { url: string }, turnId: string, words = 'go on') => {
      const input = { conversationId: 'c', workflowId: 'survey', turnId, input: text(words) };
      return post(url, 'workflow.turn', { ...input, whenBusy: 'wait' }, headers);
    },
    end: ({ url }: { url: string }, rest: object = {}) => {
      const input = {
        conversationId: 'c',
        outcome: 'cancelled',
        reason: 'enough',
        whenBusy: 'wait',
        ...rest,
      };
      return post(url, 'workflow.end', input, headers);
    },
    get: ({ url }: { url: string }) => query(url, 'workflow.get', { conversationId: 'c' }, headers),
    asked: () => one.agent.requests.length + two.agent.requests.length,
    /** Returns the stored turns' numbers and the status, without asking the servers. */
    stored: async () => {
      const log = await raw.redis.xrange(keys.log, '-', '+');
      const state = /"status":"(\w+)"/.exec((await raw.redis.get(keys.state)) ?? '')?.[1] ?? null;
      return { turns: log.map(([id]) => Number.parseInt(id, 10)), status: state };
    },
    waiting: () => raw.redis.zcard(keys.waiting),
    keyCount: () => raw.redis.exists(keys.state, keys.log, keys.turns, keys.holder),
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await Promise.all([one.stop(), two.stop()]);
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const ways = (['cut', 'hang'] as const).flatMap((andThen) =>
  (['the same server', 'another server'] as const).map((settler) => ({ andThen, settler })),
);
const titleOf = ({ andThen, settler }: (typeof ways)[number]) =>
  `${andThen === 'cut' ? 'the connection breaks' : 'Redis is silent from then on'}; ${settler} settles it`;

/** Repeats the call for as long as a caller has reason to. */
async function untilSettled(call: () => Promise<Answer>): Promise<Answer> {
  return vi.waitFor(async () => {
    const answer = await call();
    expect(answer.error?.data.retryable ?? false, JSON.stringify(answer.error)).toBe(false);
    return answer;
  }, waiting);
}

const isUnknown = {
  status: 503,
  error: {
    message: expect.stringMatching(/unknown.*same turn id/) as string,
    data: {
      code: 'SERVICE_UNAVAILABLE',
      reason: 'STATE_STORE_UNAVAILABLE',
      retryable: true,
      isOutcomeUnknown: true,
    },
  },
};

describe.concurrent('a commit that Redis ran, and its reply lost', () => {
  for (const way of ways) {
    it(`of a turn: the outcome is unknown, the turn stands, its id answers it (${titleOf(way)})`, async () => {
      await using under = await openPair(way);
      await under.turn(under.one, 'turn-1');
      const eaten = under.proxy.eat({ what: 'reply', of: isCommit, andThen: way.andThen });
      const lost = await under.turn(under.one, 'turn-2');
      await eaten;
      expect(lost).toMatchObject(isUnknown);
      expect(under.one.logLines.at(-1)).toContain('"isOutcomeUnknown":true');
      expect(await under.stored()).toEqual({ turns: [1, 2], status: 'active' });

      const settler = under.servers[way.settler];
      const settled = await untilSettled(() => under.turn(settler, 'turn-2'));
      expect(settled.data).toMatchObject({ replayed: true, turnId: 'turn-2', turn: { number: 2 } });
      expect(under.asked()).toBe(2);
      expect((await under.turn(settler, 'turn-3')).data).toMatchObject({
        replayed: false,
        turn: { number: 3 },
      });
      expect(await under.stored()).toEqual({ turns: [1, 2, 3], status: 'active' });
    });

    it(`of an end: the outcome is unknown, the end stands, the same call answers it (${titleOf(way)})`, async () => {
      await using under = await openPair(way);
      await under.turn(under.one, 'turn-1');
      void under.proxy.eat({ what: 'reply', of: isCommit, andThen: way.andThen });
      expect(await under.end(under.one)).toMatchObject(isUnknown);
      expect(await under.stored()).toEqual({ turns: [1], status: 'ended' });
      const before = (await under.get(under.two)).data;
      const settled = await untilSettled(() =>
        under.end(under.servers[way.settler], { reason: 'another reason' }),
      );
      expect(settled.data).toMatchObject({
        workflowState: { status: 'ended', outcome: 'cancelled' },
        summary: { reason: 'enough' },
      });
      expect((await under.get(under.two)).data).toMatchObject({
        workflowState: {
          updatedAt: (before as { workflowState: { updatedAt: Date } }).workflowState.updatedAt,
        },
      });
    });

    it(`of a purge: the outcome is unknown, all is gone, the same call finds nothing (${titleOf(way)})`, async () => {
      await using under = await openPair(way);
      await under.turn(under.one, 'turn-1');
      void under.proxy.eat({ what: 'reply', of: isPurge, andThen: way.andThen });
      expect(await under.end(under.one, { purge: true })).toMatchObject(isUnknown);
      expect(await under.keyCount()).toBe(0);
      const settled = await untilSettled(() => under.end(under.servers[way.settler], { purge: true }));
      expect(settled.error?.data.reason).toBe('WORKFLOW_NOT_FOUND');
    });
  }
});

describe.concurrent('a commit that never reached the store', () => {
  for (const way of ways) {
    it(`of a turn: the outcome is unknown, and the same turn id runs it, once (${titleOf(way)})`, async () => {
      await using under = await openPair(way);
      await under.turn(under.one, 'turn-1');
      void under.proxy.eat({ what: 'request', of: isCommit, andThen: way.andThen });
      expect(await under.turn(under.one, 'turn-2')).toMatchObject(isUnknown);
      expect(await under.stored()).toEqual({ turns: [1], status: 'active' });

      const settler = under.servers[way.settler];
      const settled = await untilSettled(() => under.turn(settler, 'turn-2'));
      expect(settled.data).toMatchObject({ replayed: false, turn: { number: 2 } });
      expect((await under.turn(settler, 'turn-2')).data).toMatchObject({
        replayed: true,
        turn: { number: 2 },
      });
      expect(await under.stored()).toEqual({ turns: [1, 2], status: 'active' });
      // The agent is asked twice for the second turn, because the first answer was lost.
      expect(under.asked()).toBe(3);
    });

    it(`of an end: the outcome is unknown, and the same call ends it (${titleOf(way)})`, async () => {
      await using under = await openPair(way);
      await under.turn(under.one, 'turn-1');
      void under.proxy.eat({ what: 'request', of: isCommit, andThen: way.andThen });
      expect(await under.end(under.one)).toMatchObject(isUnknown);
      expect(await under.stored()).toEqual({ turns: [1], status: 'active' });
      const settled = await untilSettled(() => under.end(under.servers[way.settler]));
      expect(settled.data).toMatchObject({
        workflowState: { status: 'ended' },
      });
      expect(await under.stored()).toEqual({ turns: [1], status: 'ended' });
    });
  }

  it('leaves a turn id free only for its own input, whatever the outcome', async () => {
    await using under = await openPair();
    void under.proxy.eat({ what: 'reply', of: isCommit, andThen: 'cut' });
    expect(await under.turn(under.one, 'turn-1')).toMatchObject(isUnknown);
    const other = await under.turn(under.two, 'turn-1', 'other words');
    expect(other.error?.data.reason).toBe('TURN_ID_REUSED');
  });
});

describe.concurrent('a commit that arrives after its caller has given up', () => {
  /** Sends `turn-2`, whose commit arrives only after its caller has got the failure. */
  const delayCommit = async (under: Awaited<ReturnType<typeof openPair>>) => {
    await under.turn(under.one, 'turn-1');
    const { letGo } = under.proxy.delay(isCommit);
    expect(await under.turn(under.one, 'turn-2')).toMatchObject(isUnknown);
    expect(await under.stored()).toEqual({ turns: [1], status: 'active' });
    return letGo;
  };

  it('while the same turn id waits for the lease: that call gets the committed turn', async () => {
    await using under = await openPair({ lockTtlMs: 15_000 });
    const letGo = await delayCommit(under);
    const settled = under.turn(under.two, 'turn-2');
    await vi.waitFor(async () => expect(await under.waiting()).toBe(1), waiting);
    await letGo();
    expect((await settled).data).toMatchObject({ replayed: true, turn: { number: 2 } });
    expect(under.asked()).toBe(2);
    expect(await under.stored()).toEqual({ turns: [1, 2], status: 'active' });
  });

  it('when another turn has taken its place: nothing of it is stored (I3)', async () => {
    await using under = await openPair();
    const letGo = await delayCommit(under);
    const other = await under.turn(under.two, 'turn-of-another');
    expect(other.data).toMatchObject({ replayed: false, turn: { number: 2 } });
    await letGo();
    expect(await under.stored()).toEqual({ turns: [1, 2], status: 'active' });
    const again = await untilSettled(() => under.turn(under.one, 'turn-2'));
    expect(again.data).toMatchObject({ replayed: false, turn: { number: 3 } });
  });

  it('when the same turn id has run again: the turn is stored once', async () => {
    await using under = await openPair();
    const letGo = await delayCommit(under);
    const again = await under.turn(under.two, 'turn-2');
    expect(again.data).toMatchObject({ replayed: false, turn: { number: 2 } });
    await letGo();
    expect(await under.stored()).toEqual({ turns: [1, 2], status: 'active' });
    const replayed = await untilSettled(() => under.turn(under.one, 'turn-2'));
    expect(replayed.data).toMatchObject({ replayed: true });
  });
});
