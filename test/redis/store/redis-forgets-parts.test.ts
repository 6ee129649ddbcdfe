import { describe, expect, inject, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import {
  allTurns,
  commitTurn,
  justTheLease,
  key,
  look,
  nothing,
  saidIn,
  stateOf,
  takeLease,
  unheard,
} from './sample-turns.ts';

describe('a Redis that has forgotten the scripts', () => {
  it('is given them again, and no caller notices', async () => {
    // The test has a Redis of its own: the shared one must keep its scripts for tests that count round trips.
    await using own = await startOwnRedis();
    await using backing = await openRedisBacking({ url: own.url });
    using raw = rawRedis(own.url);
    const { store } = backing;
    const forget = () => raw.redis.script('FLUSH');
    await forget();
    await commitTurn(backing);
    for (let number = 2; number <= 4; number += 1) {
      const lease = await takeLease(backing);
      await forget();
      const loaded = await stateOf(backing);
      await forget();
      const commit = { ...loaded, revision: number, turnCount: number, committedBy: lease.token };
      expect(await store.commit(key, { guard: { leaseToken: lease.token, loaded }, state: commit })).toBe(
        'committed',
      );
      lease.stop();
      await forget();
      expect((await store.read(key, allTurns))?.state.revision).toBe(number);
    }
    const lease = await takeLease(backing);
    await forget();
    await lease.release(unheard);
    expect((await look(backing, key, justTheLease)).leaseToken).toBeNull();
    const { token } = await takeLease(backing);
    const loaded = await stateOf(backing);
    await forget();
    expect(await store.purge(key, { leaseToken: token, loaded })).toBe('committed');
  });
});

describe('a Redis that has evicted a part of a conversation', () => {
  const open = async () => {
    const backing = await openRedisBacking({ url: inject('redisUrl') });
    for (let number = 1; number <= 3; number += 1) await commitTurn(backing);
    return backing;
  };

  it('without its state it is gone, and its leftovers are no part of the one opened in its place', async () => {
    await using backing = await open();
    using raw = rawRedis(inject('redisUrl'));
    await raw.redis.del(backing.keys.conversation(key).state);
    expect(await backing.store.read(key, allTurns)).toBeNull();
    expect(await look(backing, key, { turnId: 'turn-2', opens: false })).toEqual(nothing);
    const { turn } = await commitTurn(backing, key, { turnId: 'new', incarnation: 'incarnation-2' });
    expect(turn.record.turn.number).toBe(1);
    expect(await backing.store.read(key, allTurns)).toMatchObject({
      lastTurn: saidIn(turn.record),
      turns: [saidIn(turn.record)],
    });
    expect((await look(backing, key, { turnId: 'turn-2', opens: false })).committedTurn).toBeNull();
  });

  it('without its transcript it goes on, and still knows its turn ids', async () => {
    await using backing = await open();
    using raw = rawRedis(inject('redisUrl'));
    await raw.redis.del(backing.keys.conversation(key).log);
    expect(await backing.store.read(key, allTurns)).toMatchObject({ lastTurn: null, turns: [] });
    expect((await look(backing, key, { turnId: 'turn-2', opens: false })).committedTurn).toMatchObject({
      turnNumber: 2,
      record: null,
    });
    // The state still tells turn 3, but the entry from which turn 4 would be told is gone.
    const records = [await commitTurn(backing), await commitTurn(backing)].map(({ turn }) => turn.record);
    expect(records.map(({ turn }) => turn.number)).toEqual([4, 5]);
    expect((await backing.store.readAfter(key, { after: 0, limit: 5 }))?.turns).toEqual(records);
    const { committedTurn } = await look(backing, key, { turnId: 'turn-4', opens: false });
    expect(committedTurn).toMatchObject({ record: records[0] });
  });

  it('without its place in the list it is listed again by the next turn', async () => {
    await using backing = await open();
    using raw = rawRedis(inject('redisUrl'));
    await raw.redis.del(backing.keys.conversations(key));
    await commitTurn(backing);
    expect((await backing.store.list(key, { limit: 10 })).conversations).toHaveLength(1);
  });
});

describe('a state that this server did not write', () => {
  it('is not committed on top of, nor purged', async () => {
    await using backing = await openRedisBacking({ url: inject('redisUrl') });
    using raw = rawRedis(inject('redisUrl'));
    const { state } = await commitTurn(backing);
    const { token } = await takeLease(backing);
    const foreign = JSON.stringify({ somethingElse: true, ...state });
    await raw.redis.set(backing.keys.conversation(key).state, foreign, 'EX', 60);
    const guard = { leaseToken: token, loaded: state };
    await expect(backing.store.commit(key, { guard, state })).rejects.toMatchObject({
      reason: 'STATE_STORE_UNAVAILABLE',
    });
    expect(await backing.store.purge(key, guard)).toBe('state-changed');
    expect(await raw.redis.get(backing.keys.conversation(key).state)).toBe(foreign);
  });
});
