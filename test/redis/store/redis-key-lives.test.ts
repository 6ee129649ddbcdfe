import { describe, expect, inject, it, vi } from 'vitest';
import { systemClock } from '../../../server/system-clock.ts';
import { listedForMs } from '../../../server/redis/store/activity-notes.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { keysUnder, livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import {
  allTurns,
  beginOpening,
  commitTurn,
  endCommit,
  justTheLease,
  key,
  look,
  newTicket,
  stateOf,
  takeLease,
  turnCommit,
  unheard,
} from './sample-turns.ts';
import type { Stores } from './sample-turns.ts';

const ttlSeconds = 7_200;
const openBacking = (url = inject('redisUrl')) => openRedisBacking({ url, ttlSeconds, clock: systemClock });

/** Ends an existing conversation. */
async function end(stores: Stores): Promise<void> {
  const lease = await takeLease(stores);
  const result = await stores.store.commit(key, endCommit(lease.token, await stateOf(stores)));
  lease.stop();
  expect(result).toBe('committed');
}

async function purge({ store, leases }: Stores): Promise<void> {
  const { token } = await takeLease({ store, leases });
  const loaded = await stateOf({ store, leases });
  expect(await store.purge(key, { leaseToken: token, loaded })).toBe('committed');
}

describe('no key is ever without an expiry (I7)', () => {
  it('after each step of a conversation: lease, load, commit, read, list, refusal, end, purge', async () => {
    await using backing = await openBacking();
    using raw = rawRedis(inject('redisUrl'));
    const { store, prefix } = backing;
    const load = () => beginOpening(backing, key);
    const steps: [string, number, () => Promise<unknown>][] = [
      ['load', 1, load],
      ['lease and load', 3, () => takeLease(backing).then(load)],
      ['refusal', 3, () => store.purge(key, { leaseToken: 'nobody', loaded: null })],
      ['lost lease', 2, () => raw.redis.del(backing.keys.conversation(key).lock)],
      ['turn', 4, () => commitTurn(backing)],
      ['second turn', 4, () => commitTurn(backing)],
      ['read', 4, () => store.read(key, allTurns)],
      ['list', 4, () => store.list(key, { limit: 10 })],
      ['end', 4, () => end(backing)],
      ['lease', 6, () => takeLease(backing)],
      ['lost lease', 5, () => raw.redis.del(backing.keys.conversation(key).lock)],
    ];
    for (const [name, keys, step] of steps) {
      await step();
      const lives = Object.values(await livesUnder(raw.redis, prefix));
      expect(lives, name).toHaveLength(keys);
      for (const life of lives) expect(life, name).toBeGreaterThan(0);
    }
    await purge(backing);
    expect(await keysUnder(raw.redis, prefix)).toEqual([]);
  });
});

describe('a load that fails in the middle', () => {
  it('leaves no key without an expiry (I7)', async () => {
    await using backing = await openBacking();
    using raw = rawRedis(inject('redisUrl'));
    await commitTurn(backing, key, { turnId: 'turn-1' });
    // No turn has such a number, and Redis refuses to look for it.
    const { turns } = backing.keys.conversation(key);
    await raw.redis.hset(turns, 'turn-1', '99999999999999999999999:digest:token');
    await expect(look(backing, key, { turnId: 'turn-1', opens: false })).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    for (const [name, life] of Object.entries(await livesUnder(raw.redis, backing.prefix)))
      expect(life, name).toBeGreaterThan(0);
  });

  it('leaves no note that the agent may have heard a turn: it was not asked (I5)', async () => {
    await using own = await startOwnRedis();
    using raw = rawRedis(own.url);
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', 'on', '>secret', '~*', '&*', '+@all');
    const url = own.url.replace(/\/\/[^@]*@/, '//turnkeeper:secret@');
    await using backing = await openBacking(url);
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', '-zadd');
    await expect(look(backing, key, { turnId: null, opens: true })).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', '+zadd');
    const next = await backing.leases.acquire(key, newTicket(), { turnId: null, opens: true });
    expect(next).toMatchObject({ kind: 'granted', loaded: { holder: { isAgentStale: false } } });
  });

  it('keeps a transcript with a gap alive for nobody who looks (I12)', async () => {
    await using backing = await openBacking();
    using raw = rawRedis(inject('redisUrl'));
    for (let number = 1; number <= 4; number += 1)
      await commitTurn(backing, key, { turnId: `turn-${number}` });
    const { state, log } = backing.keys.conversation(key);
    await raw.redis.xdel(log, '1-0');
    for (const name of [state, log]) await raw.redis.expire(name, 60);
    const unreadable = { reason: 'CONVERSATION_UNREADABLE', fault: 'damaged' };
    const looked = await look(backing, key, { turnId: 'turn-3', opens: false });
    expect(looked.unreadable).toMatchObject(unreadable);
    await expect(backing.store.readAfter(key, { after: 1, limit: 1 })).rejects.toMatchObject(unreadable);
    for (const name of [state, log]) expect(await raw.redis.ttl(name)).toBeLessThanOrEqual(60);
  });
});

describe('every interaction sets all keys of the conversation back to the full life (I7)', () => {
  const load = (stores: Stores) => look(stores, key, justTheLease);
  const interactions: Record<string, (stores: Stores) => Promise<unknown>> = {
    'a turn': (stores) => commitTurn(stores),
    'an end': end,
    'a read': ({ store }) => store.read(key, allTurns),
    'a load': load,
    "a load under another's lease": async (stores) => {
      const lease = await takeLease(stores);
      await load(stores);
      await lease.release(unheard);
    },
  };
  for (const [name, interact] of Object.entries(interactions)) {
    it(name, async () => {
      await using backing = await openBacking();
      using raw = rawRedis(inject('redisUrl'));
      await commitTurn(backing);
      await commitTurn(backing);
      await backing.store.list(key, { limit: 10 });
      const keys = await keysUnder(raw.redis, backing.prefix);
      for (const each of keys) await raw.redis.expire(each, 60);
      await interact(backing);
      expect(keys).toHaveLength(4);
      // The list is written a moment later.
      await vi.waitFor(async () => {
        const lives = await livesUnder(raw.redis, backing.prefix);
        expect(Object.keys(lives)).toEqual(keys);
        for (const life of Object.values(lives)) expect(life).toBeGreaterThan(ttlSeconds * 1000 - 20_000);
      });
    });
  }

  it('but a look at the list keeps nothing alive', async () => {
    await using backing = await openBacking();
    using raw = rawRedis(inject('redisUrl'));
    await commitTurn(backing);
    await backing.store.list(key, { limit: 10 });
    for (const each of await keysUnder(raw.redis, backing.prefix)) await raw.redis.expire(each, 60);
    await backing.store.list(key, { limit: 10 });
    const lives = Object.values(await livesUnder(raw.redis, backing.prefix));
    expect(lives).toHaveLength(4);
    for (const life of lives) expect(life).toBeLessThanOrEqual(60_000);
  });
});

describe('the list lives as long as what it lists', () => {
  it('though it is written before the turn runs, and the conversation lives from the commit on', async () => {
    await using backing = await openBacking();
    using raw = rawRedis(inject('redisUrl'));
    const list = backing.keys.conversations(key);
    const lease = await takeLease(backing);
    const loaded = await look(backing, key, { turnId: null, opens: true });
    await raw.redis.expire(list, 60);
    const result = await backing.store.commit(key, turnCommit(lease.token, loaded.state));
    lease.stop();
    expect(result).toBe('committed');
    const stateLife = await raw.redis.pttl(backing.keys.conversation(key).state);
    // The list is written a moment later, and lives longer by as much as a crash before that could take from it.
    await vi.waitFor(async () => expect(await raw.redis.pttl(list)).toBeGreaterThan(stateLife));
    expect(await raw.redis.pttl(list)).toBeLessThanOrEqual(ttlSeconds * 1000 + listedForMs);
  });
});
