import { describe, expect, inject, it, vi } from 'vitest';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import { listedForMs } from '../../../server/redis/store/activity-notes.ts';
import { systemClock } from '../../../server/system-clock.ts';
import type { ListPosition } from '../../../server/orchestrator/ports/workflow-state-store.ts';
import { startCountingProxy } from '../../support/proxy/counting-proxy.ts';
import { keysUnder, passOn, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import {
  allTurns,
  beginOpening,
  commitTurn,
  key,
  look,
  newTicket,
  stateOf,
  takeLease,
} from './sample-turns.ts';

const turnTimeoutMs = 50_000;
const leaseTtlMs = 1_000;
/** The duration of a turn, and ten lives of its lease. */
const openingMaxMs = 60_000;

async function openList(url = inject('redisUrl')) {
  const backing = await openRedisBacking({ url, turnTimeoutMs, leaseTtlMs });
  const raw = rawRedis(inject('redisUrl'));
  const listKey = backing.keys.conversations(key);
  return {
    ...backing,
    raw: raw.redis,
    listKey,
    /** Makes all entries of the list older: the list uses Redis's time, which no test controls. */
    age: async (byMs: number): Promise<void> => {
      for (const id of await raw.redis.zrange(listKey, '0', '-1'))
        await raw.redis.zincrby(listKey, String(-byMs), id);
    },
    /** Returns the ids in the list, stored or not. */
    named: () => raw.redis.zrange(listKey, '0', '-1'),
    shown: async () =>
      (await backing.store.list(key, { limit: 100 })).conversations.map(
        ({ conversationId }) => conversationId,
      ),
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await backing[Symbol.asyncDispose]();
    },
  };
}

/**
 * A conversation that a purge has deleted but not yet taken out of the list; `opening` is another server on the same
 * Redis. Use with `await using`.
 */
async function openPurging() {
  const proxy = await startCountingProxy(inject('redisUrl'));
  const list = await openList(proxy.url);
  const { prefix } = list;
  const opening = await openRedisBacking({ url: inject('redisUrl'), prefix });
  await commitTurn(list);
  const { token } = await takeLease(list);
  const loaded = await stateOf(list);
  const takingOut = proxy.holdBack('zrem');
  const purged = list.store.purge(key, { leaseToken: token, loaded });
  await takingOut.reached;
  return {
    ...list,
    opening,
    goOn: () => {
      takingOut.letGo();
      return purged;
    },
    [Symbol.asyncDispose]: async () => {
      await opening[Symbol.asyncDispose]();
      await list[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

const idOf = (conversationId: string): ConversationKey => ({ ...key, conversationId });

describe('the list never misses a committed conversation', () => {
  it('names it before anything of it is committed', async () => {
    await using list = await openList();
    await beginOpening(list, idOf('opening'));
    expect(await list.named()).toEqual(['opening']);
    expect(await list.shown()).toEqual([]);
  });

  it('keeps one that is still being opened, however often it is looked at', async () => {
    await using list = await openList();
    await beginOpening(list, idOf('opening'));
    // A second less, because Redis's time goes on meanwhile.
    await list.age(openingMaxMs - 1_000);
    await list.shown();
    expect(await list.named()).toEqual(['opening']);
    await commitTurn(list, idOf('opening'));
    expect(await list.shown()).toEqual(['opening']);
  });

  it('takes a leftover out once it is too old to be still opening, and not before', async () => {
    await using list = await openList();
    await beginOpening(list, idOf('leftover'));
    await list.age(openingMaxMs + 1);
    await commitTurn(list, idOf('live'));
    expect(await list.shown()).toEqual(['live']);
    expect(await list.named()).toEqual(['live']);
  });

  it('leaves in what became active between being found gone and being taken out', async () => {
    await using proxy = await startCountingProxy(inject('redisUrl'));
    await using reader = await openList(proxy.url);
    await using writer = await openRedisBacking({
      url: inject('redisUrl'),
      prefix: reader.prefix,
      turnTimeoutMs,
      leaseTtlMs,
    });
    await beginOpening(reader, idOf('quiet'));
    await reader.age(openingMaxMs + 1);
    // Only the request that takes entries out contains the id along with the list.
    const takingOut = proxy.holdBack('$5\r\nquiet\r\n');
    const looking = reader.shown();
    await takingOut.reached;
    await commitTurn(writer, idOf('quiet'));
    takingOut.letGo();
    expect(await looking).toEqual([]);
    expect(await reader.shown()).toEqual(['quiet']);
  });

  it('names one that is opened again just when its predecessor is purged', async () => {
    await using purging = await openPurging();
    await commitTurn(purging.opening, key, { incarnation: 'incarnation-2' });
    expect(await purging.goOn()).toBe('committed');
    expect(await purging.shown()).toEqual([key.conversationId]);
  });

  it('names one whose opening is still under way when its predecessor is purged', async () => {
    await using purging = await openPurging();
    await takeLease(purging.opening);
    await look(purging.opening, key, { turnId: null, opens: true });
    expect(await purging.goOn()).toBe('committed');
    expect(await purging.named()).toEqual([key.conversationId]);
  });
});

describe('the list of a server that has listed a conversation lately', () => {
  const openTimed = () => openRedisBacking({ url: inject('redisUrl'), clock: systemClock });

  it('is written a moment after an activity, by time and not by id', async () => {
    await using list = await openTimed();
    // A write that is late dates its activities later by as much, so nothing may be on its way.
    const settle = async (): Promise<void> => {
      await list.store.list(key, { limit: 1 });
      await passOn(list.redis);
    };
    for (const id of ['b', 'a', 'c']) await commitTurn(list, idOf(id));
    await settle();
    await commitTurn(list, idOf('a'));
    await settle();
    await list.store.read(idOf('b'), allTurns);
    await vi.waitFor(async () =>
      expect(await list.redis.zrange(list.keys.conversations(key), '0', '-1')).toEqual(['c', 'a', 'b']),
    );
  });

  it('moves nothing down: a later activity that another server has noted stands', async () => {
    await using list = await openTimed();
    await commitTurn(list, idOf('a'));
    await commitTurn(list, idOf('a'));
    const listKey = list.keys.conversations(key);
    const later = Date.now() + 60_000;
    await list.redis.zadd(listKey, later, 'a');
    await list.store.list(key, { limit: 1 });
    expect(await list.redis.zscore(listKey, 'a')).toBe(String(later));
  });

  it('names a conversation that another server has purged, before it is opened again', async () => {
    await using list = await openTimed();
    await using other = await openRedisBacking({ url: inject('redisUrl'), prefix: list.prefix });
    await commitTurn(list);
    await list.store.list(key, { limit: 1 });
    const { token } = await takeLease(other);
    const guard = { leaseToken: token, loaded: await stateOf(other) };
    expect(await other.store.purge(key, guard)).toBe('committed');
    expect(await other.redis.exists(list.keys.conversations(key))).toBe(0);
    await list.leases.acquire(key, newTicket(), { turnId: null, opens: true });
    expect(await list.redis.zrange(list.keys.conversations(key), '0', '-1')).toEqual([key.conversationId]);
  });

  it('outlives what it lists by the time for which an activity may go unnoted', async () => {
    await using list = await openRedisBacking({ url: inject('redisUrl'), ttlSeconds: 100 });
    await commitTurn(list);
    const life = await list.redis.ttl(list.keys.conversations(key));
    expect(life).toBeGreaterThan(100);
    expect(life).toBeLessThanOrEqual(100 + listedForMs / 1000);
    // An entry as old as a crash can leave it: its conversation may live on.
    await list.redis.zincrby(
      list.keys.conversations(key),
      -(100_000 + listedForMs - 1_000),
      key.conversationId,
    );
    await commitTurn(list, idOf('another'));
    expect(await list.redis.zcard(list.keys.conversations(key))).toBe(2);
  });
});

describe('a list full of leftovers', () => {
  it('shows what lives beyond them, in pages that all come to an end', async () => {
    await using list = await openList();
    await commitTurn(list, idOf('live'));
    const [, newest] = await list.raw.zrange(list.listKey, '0', '0', 'WITHSCORES');
    const leftovers = Array.from({ length: 500 }, (_, index) => [
      String(Number(newest) + 1 + index),
      `gone-${index}`,
    ]);
    await list.raw.zadd(list.listKey, ...leftovers.flat());
    const found: string[] = [];
    let after: ListPosition | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof list.store.list>> = await list.store.list(key, {
        limit: 5,
        ...(after === null ? {} : { after }),
      });
      found.push(...page.conversations.map(({ conversationId }) => conversationId));
      after = page.next;
      pages += 1;
    } while (after !== null && pages < 100);
    expect(found).toEqual(['live']);
    expect(pages).toBeLessThan(20);
  });

  it('is cleared of them by time when the user is active', async () => {
    await using list = await openList();
    await beginOpening(list, idOf('leftover'));
    await list.age(3 * 86_400_000);
    await beginOpening(list, idOf('another'));
    expect(await list.named()).toEqual(['another']);
  });
});

describe('looking for a conversation that is not there', () => {
  it('leaves no key behind', async () => {
    await using list = await openList();
    await list.store.read(key, allTurns);
    await look(list, key, { turnId: 'turn-1', opens: false });
    await list.shown();
    expect(await keysUnder(list.raw, list.prefix)).toEqual([]);
  });
});
