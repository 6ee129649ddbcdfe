import { createHash } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { TurnRecord } from '../../../server/domain/result.ts';
import { conversationStateSchema } from '../../../server/domain/state.ts';
import type { ConversationState } from '../../../server/domain/state.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { allTurns, commitTurn, key, look, saidIn, takeLease, turnCommit } from './sample-turns.ts';

const writers = ['version a1ce3d2, which wrote no format', 'the servers of format 1'] as const;

/** A record or a state without the parts that format 3 has added. */
function asBefore<Stored extends ConversationState | TurnRecord>(stored: Stored): Stored {
  const added = ['open', 'steps', 'fieldsCollected', 'fieldsRequired'];
  const text = JSON.stringify(stored, (member, value: unknown) =>
    added.includes(member) ? undefined : value,
  );
  return JSON.parse(text) as Stored;
}

/**
 * A conversation of three turns, as a server of format 1 left it: written out here, because no code writes it any more.
 */
async function openOfFormat1(writer: (typeof writers)[number], transcriptMaxTurns = 500) {
  const backing = await openRedisBacking({ url: inject('redisUrl'), transcriptMaxTurns });
  const { redis, keys } = backing;
  const { state, log, turns } = keys.conversation(key);
  const first = turnCommit('token-1', null, { collected: { note: 'first' } });
  const second = turnCommit('token-2', first.state, {
    collected: { note: 'second', more: [1, { a: null }] },
  });
  const third = turnCommit('token-3', second.state);
  const format = writer === writers[0] ? [] : ['format', '1'];
  const records = [first, second, third].map(({ turn }) => turn.record);
  for (const [index, record] of records.entries()) {
    const number = index + 1;
    await redis.xadd(log, `${number}-0`, 'turn', JSON.stringify(asBefore(record)), ...format);
    await redis.hset(turns, record.turnId, `${number}:digest-of-turn-${number}:token-${number}`);
  }
  const { incarnation, revision, committedBy, ...rest } = asBefore(third.state);
  const text = `,${JSON.stringify(rest).slice(1)}`;
  const sum = createHash('sha1').update(text).digest('hex');
  const head = { incarnation, revision, committedBy, ...(writer === writers[0] ? {} : { format: 1, sum }) };
  await redis.set(state, JSON.stringify(head).slice(0, -1) + text);
  for (const each of [state, log, turns]) await redis.expire(each, 60);
  return { ...backing, records, state: third.state };
}

describe.each(writers)('a conversation of %s', (writer) => {
  it('is read: its state, its transcript and the record of every turn, and is kept alive', async () => {
    await using old = await openOfFormat1(writer);
    using raw = rawRedis(inject('redisUrl'));
    const { store, records, state } = old;
    const found = await store.read(key, allTurns);
    expect(found?.state).toEqual(state);
    expect(found?.turns).toMatchObject(records.map(saidIn));
    expect(found?.lastTurn).toMatchObject(records.map(saidIn).slice(2)[0] ?? {});
    expect(await raw.redis.ttl(old.keys.conversation(key).log)).toBeGreaterThan(60);
    for (const [index, record] of records.entries()) {
      const { committedTurn } = await look(old, key, { turnId: record.turnId, opens: false });
      expect(committedTurn).toEqual({
        turnNumber: index + 1,
        inputDigest: `digest-of-turn-${index + 1}`,
        record,
      });
    }
    expect((await store.readAfter(key, { after: 1, limit: 5 }))?.turns).toEqual(records.slice(1));
    expect((await store.list(key, { limit: 5 })).conversations).toMatchObject([{ state }]);
  });

  it('goes on in format 2, and everything is told as before', async () => {
    await using old = await openOfFormat1(writer);
    const { store } = old;
    const records = [...old.records];
    for (const note of ['fourth', 'fifth', 'sixth'])
      records.push((await commitTurn(old, key, { collected: { note } })).turn.record);
    for (const record of records) {
      const { committedTurn } = await look(old, key, { turnId: record.turnId, opens: false });
      expect(committedTurn).toMatchObject({ record });
    }
    for (let after = 0; after < 6; after += 1)
      expect((await store.readAfter(key, { after, limit: 3 }))?.turns).toEqual(
        records.slice(after, after + 3),
      );
    expect((await store.read(key, allTurns))?.turns).toMatchObject(records.map(saidIn));
  });

  it('still knows its turn ids when its entries have left the transcript', async () => {
    await using old = await openOfFormat1(writer, 1);
    for (let number = 4; number <= 80; number += 1) await commitTurn(old);
    for (const { turnId } of old.records) {
      const { committedTurn } = await look(old, key, { turnId, opens: false });
      expect(committedTurn).not.toBeNull();
      expect(committedTurn).not.toMatchObject({ record: expect.anything() as unknown });
    }
  });

  it('is nothing that a server of version a1ce3d2 can write on top of, once it is of format 2', async () => {
    await using old = await openOfFormat1(writer);
    await commitTurn(old);
    const text = (await old.redis.get(old.keys.conversation(key).state)) ?? '';
    const stored: unknown = JSON.parse(text);
    // That version reads a state by this schema alone.
    expect(conversationStateSchema.safeParse(stored).success).toBe(false);
    expect(conversationStateSchema.safeParse(old.state).success).toBe(true);
  });

  it('can be ended, and told from then on', async () => {
    await using old = await openOfFormat1(writer);
    const lease = await takeLease(old);
    const { state, records, store } = old;
    const end = { ...state, status: 'ended', outcome: 'cancelled', revision: state.revision + 1 } as const;
    const guard = { leaseToken: lease.token, loaded: state };
    expect(await store.commit(key, { guard, state: { ...end, committedBy: lease.token } })).toBe('committed');
    lease.stop();
    const { committedTurn } = await look(old, key, { turnId: 'turn-3', opens: false });
    expect(committedTurn).toMatchObject({ record: records[2] });
    expect((await store.read(key, allTurns))?.state.status).toBe('ended');
  });
});
