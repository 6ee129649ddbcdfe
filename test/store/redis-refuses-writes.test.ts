import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { createTestCaller } from '../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../support/failure-of.ts';
import { startOwnRedis } from '../support/own-redis.ts';
import { dumpUnder, freshPrefix, rawRedis } from '../support/raw-redis.ts';
import { openRedisBacking } from '../support/redis-backing.ts';
import { allTurns, commitTurn, key, stateOf, takeLease, turnCommit } from './sample-turns.ts';

let own: Awaited<ReturnType<typeof startOwnRedis>>;
beforeAll(async () => {
  own = await startOwnRedis();
});
afterAll(() => own[Symbol.asyncDispose]());

/** Ways in which a Redis that answers refuses to write, and how each passes. */
const refusals: Record<
  string,
  { begin: (redis: Redis) => Promise<unknown>; end: (redis: Redis) => Promise<unknown> }
> = {
  'its memory is full': {
    begin: (redis) => redis.config('SET', 'maxmemory', '1'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
  },
  'it misses the replicas it must write to': {
    begin: (redis) => redis.config('SET', 'min-replicas-to-write', '1'),
    end: (redis) => redis.config('SET', 'min-replicas-to-write', '0'),
  },
  'it has become a replica': {
    // Of a master that isn't there: it keeps its data and is read-only.
    begin: async (redis) => {
      await redis.config('SET', 'replica-serve-stale-data', 'yes');
      await redis.replicaof('127.0.0.1', '1');
    },
    end: (redis) => redis.replicaof('NO', 'ONE'),
  },
};

for (const [name, { begin, end }] of Object.entries(refusals)) {
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
        for (const call of [
          workflow.turn({ conversationId: 'c', input: text('again') }),
          workflow.turn({ conversationId: 'new', input: text('hello') }),
          workflow.end({ conversationId: 'c', outcome: 'cancelled' }),
          workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true }),
        ]) {
          const { code, error } = await failureOf(call);
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
  });
}
