import { describe, expect, inject, it } from 'vitest';
import { limits } from '../../../server/domain/limits.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { text } from '../contract/sample-workflows.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { dumpUnder, freshPrefix, livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { aclRules } from '../../system/topologies/documented-acl.ts';
import { commitTurn, key, look, stateOf, takeLease } from './sample-turns.ts';

/** Eight fields for long texts, two kilobytes together, and one that changes with every turn. */
const form = defineWorkflow({
  id: 'form',
  version: 1,
  title: 'Form',
  steps: [
    {
      id: 'details',
      title: 'Details',
      collects: z.object(
        Object.fromEntries(
          Array.from({ length: 8 }, (_, index) => [`paragraph${index + 1}`, z.string().optional()]),
        ),
      ),
    },
    { id: 'remarks', title: 'Remarks', collects: z.object({ remark: z.string(), sign: z.boolean() }) },
  ],
});

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('a stored turn', () => {
  it('takes at most 1.5 times its words and structure, in a conversation with a state of two kilobytes', async () => {
    const prefix = freshPrefix();
    using raw = rawRedis(inject('redisUrl'));
    const identity = { tenant: 'tenant', user: 'user' };
    await using test = await createTestCaller({
      definitions: [form],
      identity,
      store: { redisUrl: inject('redisUrl'), prefix },
    });
    let said = 0;
    const turn = async (number: number, data: Record<string, string>): Promise<void> => {
      const question = `${number}: please change my remark, and tell me what is still missing`;
      const answer = `**Noted** (${number}). `.padEnd(
        500,
        'Then there are some things that you should know. ',
      );
      test.agent.willAnswer({ text: answer, data });
      said += Buffer.byteLength(question) + Buffer.byteLength(answer) + bytesOf(data);
      await test.caller.workflow.turn({ conversationId: 'c', input: text(question) });
    };
    const paragraph = 'A paragraph of the form, which is kept until the end. '.repeat(5);
    for (let number = 1; number <= 8; number += 1) await turn(number, { [`paragraph${number}`]: paragraph });
    for (let number = 9; number <= 300; number += 1) {
      await turn(number, { remark: `The ${number}th remark, in some words of its own` });
    }
    const keys = new KeyBuilder(prefix).conversation({ ...identity, conversationId: 'c' });
    const state = (await raw.redis.get(keys.state)) ?? '';
    expect(state.length).toBeGreaterThan(2_000);
    const entries = await raw.redis.xrange(keys.log, '-', '+');
    expect(entries).toHaveLength(300);
    const stored = entries.reduce(
      (sum, [id, fields]) => sum + Buffer.byteLength([id, ...fields].join('')),
      0,
    );
    expect(stored / said).toBeLessThanOrEqual(1.5);
  });
});

describe('the memory of a conversation', () => {
  it('does not grow any more once the transcript is full, and every turn id is known', async () => {
    await using backing = await openRedisBacking({ url: inject('redisUrl'), transcriptMaxTurns: 10 });
    using raw = rawRedis(inject('redisUrl'));
    const { state, log, turns, forgotten } = backing.keys.conversation(key);
    const memoryOf = async (part: string): Promise<number> =>
      (await raw.redis.memory('USAGE', part, 'SAMPLES', 0)) ?? 0;
    const memory = async () => ({
      log: await memoryOf(log),
      turns: await memoryOf(turns),
      forgotten: await memoryOf(forgotten),
      state: await memoryOf(state),
    });
    const commitUpTo = async (from: number, to: number): Promise<void> => {
      for (let number = from; number <= to; number += 1) await commitTurn(backing);
    };
    const kept = 10 + limits.logChanges;
    await commitUpTo(1, kept - 1);
    expect(await raw.redis.exists(forgotten)).toBe(0);
    await commitUpTo(kept, 1_000);
    const early = await memory();
    await commitUpTo(1_001, 2_000);
    const late = await memory();
    expect(late.forgotten).toBe(early.forgotten);
    expect(late.forgotten).toBeLessThan(256 * 1024);
    // Redis gives a value some room to grow; if all turns were kept, these would double.
    for (const part of ['log', 'turns', 'state'] as const)
      expect(late[part], part).toBeLessThan(early[part] * 1.5);
    expect(await raw.redis.hlen(turns)).toBe(kept);
    expect(await raw.redis.xlen(log)).toBe(kept);
    const known = async (number: number) =>
      (await look(backing, key, { turnId: `turn-${number}`, opens: false })).committedTurn;
    for (let number = 1; number <= 2_000 - kept; number += 1) expect(await known(number)).toBe('forgotten');
    for (let number = 2_001; number <= 3_000; number += 1) expect(await known(number)).toBeNull();
  });
});

describe('a turn', () => {
  it('is not stored by half where the ACL user may not run xadd (I2)', async () => {
    await using own = await startOwnRedis();
    using raw = rawRedis(own.url);
    const rules = aclRules.split(' ');
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', 'on', '>secret', ...rules);
    const url = own.url.replace(/\/\/[^@]*@/, '//turnkeeper:secret@');
    await using backing = await openRedisBacking({ url, prefix: 'tk' });
    await commitTurn(backing);
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', '-xadd');
    const before = await dumpUnder(raw.redis, 'tk');
    await expect(commitTurn(backing)).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    const after = await dumpUnder(raw.redis, 'tk');
    for (const part of ['state', 'log', 'turns']) {
      const [name = ''] = Object.keys(before).filter((each) => each.endsWith(`:${part}`));
      expect(after[name], part).toEqual(before[name]);
    }
  });
});

describe('the bits of old turn ids', () => {
  it('are written and read by the ACL user that the docs offer', async () => {
    await using own = await startOwnRedis();
    using raw = rawRedis(own.url);
    await raw.redis.call('ACL', 'SETUSER', 'turnkeeper', 'on', '>secret', ...aclRules.split(' '));
    const url = own.url.replace(/\/\/[^@]*@/, '//turnkeeper:secret@');
    await using backing = await openRedisBacking({ url, prefix: 'tk', transcriptMaxTurns: 1 });
    for (let number = 1; number <= limits.logChanges + 5; number += 1) await commitTurn(backing);
    const { committedTurn } = await look(backing, key, { turnId: 'turn-1', opens: false });
    expect(committedTurn).toBe('forgotten');
  });

  it.each(['bitfield', 'hdel', 'getbit'])(
    'let no half of a turn be stored where the ACL user may not run %s (I2)',
    async (command) => {
      await using own = await startOwnRedis();
      using raw = rawRedis(own.url);
      await raw.redis.call(
        'ACL',
        'SETUSER',
        'turnkeeper',
        'on',
        '>secret',
        ...aclRules.split(' '),
        `-${command}`,
      );
      const url = own.url.replace(/\/\/[^@]*@/, '//turnkeeper:secret@');
      await using backing = await openRedisBacking({ url, prefix: 'tk', transcriptMaxTurns: 1 });
      for (let number = 1; number <= limits.logChanges + 1; number += 1) await commitTurn(backing);
      const before = await dumpUnder(raw.redis, 'tk');
      await expect(commitTurn(backing)).rejects.toMatchObject({
        reason: 'STATE_STORE_UNAVAILABLE',
        cause: { message: expect.stringContaining(`'${command}'`) as string },
      });
      const after = await dumpUnder(raw.redis, 'tk');
      for (const part of ['state', 'log', 'turns']) {
        const [name = ''] = Object.keys(before).filter((each) => each.endsWith(`:${part}`));
        expect(after[name], part).toEqual(before[name]);
      }
    },
  );

  it('live as long as the rest of the conversation (I7), and go with it (I12)', async () => {
    await using backing = await openRedisBacking({
      url: inject('redisUrl'),
      transcriptMaxTurns: 1,
      ttlSeconds: 7_200,
    });
    using raw = rawRedis(inject('redisUrl'));
    const { store, prefix } = backing;
    for (let number = 1; number <= limits.logChanges + 3; number += 1) await commitTurn(backing);
    const interactions: Record<string, () => Promise<unknown>> = {
      'a turn': () => commitTurn(backing),
      'a load': () => look(backing, key, { turnId: 'turn-1', opens: false }),
      'a read': () => store.read(key, { turns: 1 }),
      'a look of a follower': () => store.readAfter(key, { after: 0, limit: 1 }),
    };
    for (const [what, interact] of Object.entries(interactions)) {
      for (const each of Object.keys(await livesUnder(raw.redis, prefix))) await raw.redis.expire(each, 60);
      await interact();
      // A look at the list writes what is still to be noted in it.
      await store.list(key, { limit: 1 });
      const lives = await livesUnder(raw.redis, prefix);
      expect(Object.keys(lives), what).toHaveLength(5);
      for (const [part, life] of Object.entries(lives))
        expect(life, `${part} after ${what}`).toBeGreaterThan(7_200_000 - 20_000);
    }
    const { token } = await takeLease(backing);
    const loaded = await stateOf(backing);
    expect(await store.purge(key, { leaseToken: token, loaded })).toBe('committed');
    expect(await livesUnder(raw.redis, prefix)).toEqual({});
  });

  it('are not those of this server where another type lies there: it says so, and can be purged (I12)', async () => {
    await using backing = await openRedisBacking({ url: inject('redisUrl'), transcriptMaxTurns: 1 });
    using raw = rawRedis(inject('redisUrl'));
    const { store } = backing;
    const { forgotten } = backing.keys.conversation(key);
    for (let number = 1; number <= limits.logChanges + 3; number += 1) await commitTurn(backing);
    await raw.redis.del(forgotten);
    await raw.redis.rpush(forgotten, 'foreign');
    await raw.redis.expire(forgotten, 60);
    const unreadable = { reason: 'CONVERSATION_UNREADABLE', fault: 'damaged' };
    expect((await look(backing, key, { turnId: 'new', opens: false })).unreadable).toMatchObject(unreadable);
    await expect(store.read(key, { turns: 1 })).rejects.toMatchObject(unreadable);
    await expect(store.readAfter(key, { after: 0, limit: 1 })).rejects.toMatchObject(unreadable);
    const { token } = await takeLease(backing);
    expect(await store.purge(key, { leaseToken: token, loaded: 'unreadable' })).toBe('committed');
    expect(await raw.redis.exists(forgotten)).toBe(0);
  });
});
