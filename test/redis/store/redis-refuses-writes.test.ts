import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import type { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { dumpUnder, freshPrefix, keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import {
  allTurns,
  commitTurn,
  justTheLease,
  key,
  newTicket,
  stateOf,
  takeLease,
  turnCommit,
} from './sample-turns.ts';

let own: Awaited<ReturnType<typeof startOwnRedis>>;
beforeAll(async () => {
  own = await startOwnRedis();
});
afterAll(() => own[Symbol.asyncDispose]());

/** Ways in which a reachable Redis refuses writes, and the end of each. */
const refusals: Record<
  string,
  {
    begin: (redis: Redis) => Promise<unknown>;
    end: (redis: Redis) => Promise<unknown>;
    /** True if Redis accepts a purge. */
    purges?: true;
  }
> = {
  'its memory is full': {
    begin: (redis) => redis.config('SET', 'maxmemory', '1'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
    purges: true,
  },
  'it misses the replicas it must write to': {
    begin: (redis) => redis.config('SET', 'min-replicas-to-write', '1'),
    end: (redis) => redis.config('SET', 'min-replicas-to-write', '0'),
  },
  'it has become a replica': {
    // A replica of a master that isn't there keeps its data and is read-only.
    begin: async (redis) => {
      await redis.config('SET', 'replica-serve-stale-data', 'yes');
      await redis.replicaof('127.0.0.1', '1');
    },
    end: (redis) => redis.replicaof('NO', 'ONE'),
  },
};

for (const [name, { begin, end, purges = false }] of Object.entries(refusals)) {
  describe(`while Redis refuses writes because ${name} (I2, I6)`, () => {
    it('a commit under way changes nothing, and can be sent again once that has passed', async () => {
      await using backing = await openRedisBacking({ url: own.url });
      using raw = rawRedis(own.url);
      await commitTurn(backing);
      const lease = await takeLease(backing);
      const commit = turnCommit(lease.token, await stateOf(backing));
      const before = await dumpUnder(raw.redis, backing.prefix);
      await begin(raw.redis);
      try {
        await expect(backing.store.commit(key, commit)).rejects.toMatchObject({
          reason: 'STATE_STORE_UNAVAILABLE',
        });
        expect(await dumpUnder(raw.redis, backing.prefix)).toEqual(before);
      } finally {
        await end(raw.redis);
      }
      expect(await backing.store.commit(key, commit)).toBe('committed');
      expect((await backing.store.read(key, allTurns))?.turns).toHaveLength(2);
    });

    it('turns and ends are answered STATE_STORE_UNAVAILABLE, nothing is stored, and later all goes on', async () => {
      const prefix = freshPrefix();
      await using under = await createTestCaller({
        definitions: [survey],
        store: { redisUrl: own.url, prefix },
      });
      using raw = rawRedis(own.url);
      const { workflow } = under.caller;
      under.agent.willAnswer({ text: 'one' }, { text: 'two' });
      await workflow.turn({ conversationId: 'c', input: text('hello') });
      const before = await dumpUnder(raw.redis, prefix);
      await begin(raw.redis);
      try {
        const calls = [
          () => workflow.turn({ conversationId: 'c', input: text('again') }),
          () => workflow.turn({ conversationId: 'new', input: text('hello') }),
          () => workflow.end({ conversationId: 'c', outcome: 'cancelled' }),
          ...(purges
            ? []
            : [() => workflow.end({ conversationId: 'c', outcome: 'cancelled' as const, purge: true })]),
        ];
        for (const call of calls) {
          const { code, error } = await failureOf(call());
          expect(code).toBe('SERVICE_UNAVAILABLE');
          expect(error).toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
        }
        expect(await dumpUnder(raw.redis, prefix)).toEqual(before);
        expect(under.agent.requests).toHaveLength(1);
      } finally {
        await end(raw.redis);
      }
      expect((await workflow.turn({ conversationId: 'c', input: text('again') })).turn.number).toBe(2);
    });

    it('a conversation can be read and watched all the same, and says how long it lives (S7, K13)', async () => {
      const prefix = freshPrefix();
      await using under = await createTestCaller({
        definitions: [survey],
        store: { redisUrl: own.url, prefix },
      });
      using raw = rawRedis(own.url);
      const { workflow } = under.caller;
      under.agent.willAnswer({ text: 'one' });
      await workflow.turn({ conversationId: 'c', input: text('hello') });
      await begin(raw.redis);
      try {
        const { messages, workflowState } = await workflow.get({ conversationId: 'c' });
        expect(messages).toHaveLength(2);
        const life = await raw.redis.pttl((await stateKey(raw.redis, prefix)) ?? '');
        const expiresInMs = workflowState.expiresAt.getTime() - under.clock.now();
        expect(Math.abs(expiresInMs - life)).toBeLessThan(60_000);
        const watching = await workflow.watch({ conversationId: 'c' });
        const events = watching[Symbol.asyncIterator]();
        const first: unknown[] = Object.values((await events.next()).value ?? {});
        expect(first).toContainEqual({ type: 'watch.started', turnNumber: 1 });
        await events.return?.();
        expect((await workflow.list()).conversations).toHaveLength(1);
      } finally {
        await end(raw.redis);
      }
    });
  });
}

async function stateKey(redis: Redis, prefix: string): Promise<string | undefined> {
  return (await keysUnder(redis, prefix)).find((name) => name.endsWith(':state'));
}

describe('while the memory of Redis is full (K13)', () => {
  const full = async (work: (redis: Redis) => Promise<unknown>): Promise<void> => {
    using raw = rawRedis(own.url);
    await raw.redis.config('SET', 'maxmemory', '1');
    try {
      await work(raw.redis);
    } finally {
      await raw.redis.config('SET', 'maxmemory', '0');
    }
  };

  it('a purge makes room: every key of the conversation is gone, and others are left alone', async () => {
    const prefix = freshPrefix();
    await using under = await createTestCaller({
      definitions: [survey],
      store: { redisUrl: own.url, prefix },
    });
    const { workflow } = under.caller;
    under.agent.willAnswer({ text: 'one' }, { text: 'two' });
    for (const conversationId of ['c', 'other'])
      await workflow.turn({ conversationId, input: text('hello') });
    await full(async (redis) => {
      const { purged } = await workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true });
      expect(purged).toBe(true);
      expect((await keysUnder(redis, prefix)).filter((name) => name.includes(':c}'))).toEqual([]);
      const again = await failureOf(workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true }));
      expect(again.error.reason).toBe('WORKFLOW_NOT_FOUND');
      expect((await workflow.list()).conversations.map(({ conversationId }) => conversationId)).toEqual([
        'other',
      ]);
      expect((await keysUnder(redis, prefix)).filter((name) => name.includes(':c}'))).toEqual([]);
    });
  });

  it('so does one for which others wait, who are called next', async () => {
    await using backing = await openRedisBacking({ url: own.url });
    await commitTurn(backing);
    const loaded = await stateOf(backing);
    await full(async () => {
      const acquired = await backing.leases.acquire(key, newTicket(), { ...justTheLease, purges: true });
      if (acquired.kind === 'held') throw new Error('the lease was expected to be free');
      await rawWaiting(backing, own.url);
      const guard = { leaseToken: acquired.lease.token, loaded };
      expect(await backing.store.purge(key, guard)).toBe('committed');
      acquired.lease.stop();
    });
  });

  it('a turn is told before its agent is asked', async () => {
    await using under = await createTestCaller({
      definitions: [survey],
      store: { redisUrl: own.url, prefix: freshPrefix() },
    });
    await full(async () => {
      const { error } = await failureOf(
        under.caller.workflow.turn({ conversationId: 'c', input: text('hello') }),
      );
      expect(error.reason).toBe('STATE_STORE_UNAVAILABLE');
      expect(under.agent.requests).toHaveLength(0);
    });
  });
});

/** Enqueues a ticket past the server, which can't while the memory is full. */
async function rawWaiting({ keys }: { readonly keys: KeyBuilder }, url: string): Promise<void> {
  using raw = rawRedis(url);
  await raw.redis.config('SET', 'maxmemory', '0');
  const [seconds] = await raw.redis.time();
  const ticket = keys.ticket(key, newTicket());
  await raw.redis.zadd(keys.conversation(key).waiting, Number(seconds) * 1_000_000, ticket);
  await raw.redis.config('SET', 'maxmemory', '1');
}
