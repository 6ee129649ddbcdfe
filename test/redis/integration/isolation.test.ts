import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import type { ConversationKey, Identity } from '../../../server/domain/identity.ts';
import type { ConversationKeys } from '../../../server/redis/scripts/conversation-keys.ts';
import { freePort } from '../../../server/embedded-redis/free-port.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { onFreePorts } from '../../support/on-free-ports.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { post, query } from '../../support/post.ts';
import { dumpUnder, freshPrefix, keysUnder, rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { anyCharacter } from '../../support/any-character.ts';

const long = 'x'.repeat(128);

/** Keys built to share a Redis key, a hash tag or a name with one another, if anything allowed that. */
const colliding: readonly ConversationKey[] = [
  { tenant: 'a:b', user: 'c', conversationId: 'd' },
  { tenant: 'a', user: 'b:c', conversationId: 'd' },
  { tenant: 'a', user: 'b', conversationId: 'c:d' },
  { tenant: 'a%3Ab', user: 'c', conversationId: 'd' },
  { tenant: 'a', user: 'b%3Ac', conversationId: 'd' },
  { tenant: 'a%253Ab', user: 'c', conversationId: 'd' },
  { tenant: '%', user: '%25', conversationId: 'd' },
  { tenant: '%25', user: '%', conversationId: 'd' },
  { tenant: '{a', user: 'b}', conversationId: 'd' },
  { tenant: '{a', user: 'b', conversationId: 'd' },
  { tenant: 'a', user: 'b}', conversationId: 'd' },
  { tenant: '{x}', user: '{x}', conversationId: 'd' },
  { tenant: '{}', user: '}{', conversationId: 'd' },
  { tenant: 'a', user: 'b', conversationId: 'd' },
  { tenant: 'a', user: 'b', conversationId: 'd:state' },
  { tenant: 'a', user: 'b', conversationId: 'd:lock' },
  { tenant: 'a', user: 'b', conversationId: 'conversations' },
  { tenant: 'A', user: 'b', conversationId: 'd' },
  { tenant: 'a ', user: 'b', conversationId: 'd' },
  { tenant: 'a+', user: 'b', conversationId: 'd' },
  { tenant: 'a*', user: '?', conversationId: 'd' },
  { tenant: 'a\u0000', user: 'b', conversationId: 'd' },
  { tenant: 'a\r\n', user: 'b', conversationId: 'd' },
  { tenant: long, user: long, conversationId: long },
  { tenant: long, user: long, conversationId: long.slice(1) },
  { tenant: long, user: long.slice(1), conversationId: long },
  { tenant: 'é', user: 'b', conversationId: 'd' },
  { tenant: 'e\u0301', user: 'b', conversationId: 'd' },
  { tenant: '😀', user: '👩‍💻', conversationId: 'd' },
  { tenant: '👩‍💻', user: '😀', conversationId: 'd' },
  { tenant: '__proto__', user: 'constructor', conversationId: '__proto__' },
  { tenant: 'constructor', user: '__proto__', conversationId: '__proto__' },
  { tenant: '../../a', user: 'b', conversationId: '..' },
];

async function openUnder() {
  const prefix = freshPrefix();
  const store = { redisUrl: inject('redisUrl'), prefix };
  const under = await createTestCaller({ definitions: [survey], store });
  const raw = rawRedis(inject('redisUrl'));
  return {
    ...under,
    prefix,
    raw: raw.redis,
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await under[Symbol.asyncDispose]();
    },
  };
}

type Under = Awaited<ReturnType<typeof openUnder>>;

const turnOf = ({ as, agent }: Under, { conversationId, ...identity }: ConversationKey, words: string) => {
  agent.willAnswer({ text: `to ${words}` });
  return as(identity).workflow.turn({ conversationId, turnId: 'the-same', input: text(words) });
};

const keysOf = ({ state, lock, log, turns }: ConversationKeys): string[] => [state, lock, log, turns];

const nameOf = (key: ConversationKey): string => JSON.stringify(Object.values(key));

describe('identities built to collide (I8)', () => {
  it('each see their own conversations and nothing else, all with the same turn id', async () => {
    await using under = await openUnder();
    for (const key of colliding) {
      expect(await turnOf(under, key, nameOf(key)), nameOf(key)).toMatchObject({
        replayed: false,
        turn: { number: 1 },
      });
    }
    expect(under.agent.requests).toHaveLength(colliding.length);
    for (const key of colliding) {
      const { conversationId, ...identity } = key;
      const { workflow } = under.as(identity);
      const own = nameOf(key);
      const { messages } = await workflow.get({ conversationId });
      expect(messages.map((message) => message.text)).toEqual([own, `to ${own}`]);

      const listed = (await workflow.list()).conversations.map((listedOne) => listedOne.conversationId);
      const expected = colliding.filter(
        ({ tenant, user }) => tenant === identity.tenant && user === identity.user,
      );
      expect(listed.sort(), own).toEqual(expected.map((each) => each.conversationId).sort());

      const replay = await workflow.turn({ conversationId, turnId: 'the-same', input: text(own) });
      expect(replay).toMatchObject({ replayed: true, messages: [{ text: `to ${own}` }] });
    }
  });

  it('end only their own conversation, and purge only its keys', async () => {
    await using under = await openUnder();
    for (const key of colliding) await turnOf(under, key, nameOf(key));
    const everyKey = await keysUnder(under.raw, under.prefix);
    // A state, a transcript and turn ids for each, and a list per user.
    const users = new Set(colliding.map(({ tenant, user }) => JSON.stringify([tenant, user])));
    expect(everyKey).toHaveLength(3 * colliding.length + users.size);

    for (const [index, { conversationId, ...identity }] of colliding.entries()) {
      const { workflow } = under.as(identity);
      await workflow.end({ conversationId, outcome: 'cancelled', purge: true });
      for (const [other, { conversationId: otherId, ...otherIdentity }] of colliding.entries()) {
        const call = under.as(otherIdentity).workflow.get({ conversationId: otherId });
        if (other > index) expect((await call).workflowState.status).toBe('active');
        else expect((await failureOf(call)).error.reason).toBe('WORKFLOW_NOT_FOUND');
      }
    }
    expect(await keysUnder(under.raw, under.prefix)).toEqual([]);
  });

  it('never share a key, whatever their parts are', () => {
    const part = fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(':', '%', '{', '}', '3', 'A', 'a', '😀'),
        minLength: 1,
        maxLength: 6,
      }),
    );
    const anyKey = fc.record({ tenant: part, user: part, conversationId: part });
    const keys = new KeyBuilder('tk');
    const all = (key: ConversationKey) => [...keysOf(keys.conversation(key)), keys.conversations(key)];
    const sameUser = (one: Identity, two: Identity) => one.tenant === two.tenant && one.user === two.user;
    fc.assert(
      fc.property(anyKey, anyKey, (one, two) => {
        const shared = all(one).filter((key) => all(two).includes(key));
        const expected = sameUser(one, two) ? (one.conversationId === two.conversationId ? 5 : 1) : 0;
        expect(shared).toHaveLength(expected);
        for (const key of all(one)) expect(key).toMatch(/^tk:\{[^{}]+\}:[a-z]+$/);
      }),
    );
  });
});

/** Returns everything that a caller sees of a failure. */
async function shownBy(call: Promise<unknown>) {
  const { code, error } = await failureOf(call);
  const { message, reason, retryable, retryAfterMs, issues } = error;
  return { code, message, reason, retryable, retryAfterMs, issues };
}

describe("a stranger's conversation (I8)", () => {
  const owner = { tenant: 'tenant', user: 'owner' };
  const strangers: readonly Identity[] = [
    { tenant: 'tenant', user: 'stranger' },
    { tenant: 'stranger', user: 'owner' },
    { tenant: 'tenant:owner', user: 'owner' },
  ];

  it('answers exactly like one that never existed, and a request neither changes it nor keeps it alive', async () => {
    await using under = await openUnder();
    await turnOf(under, { ...owner, conversationId: 'secret' }, 'mine');
    // A look at the list writes what is still to be noted in it.
    await under.as(owner).workflow.list();
    const before = await dumpUnder(under.raw, under.prefix);
    for (const key of Object.keys(before)) await under.raw.expire(key, 600);
    for (const stranger of strangers) {
      const { workflow } = under.as(stranger);
      const calls: Record<string, (conversationId: string) => Promise<unknown>> = {
        WORKFLOW_NOT_FOUND: (conversationId) => workflow.get({ conversationId }),
        'WORKFLOW_NOT_FOUND to an end': (conversationId) =>
          workflow.end({ conversationId, outcome: 'cancelled' }),
        'WORKFLOW_NOT_FOUND to a purge': (conversationId) =>
          workflow.end({ conversationId, outcome: 'completed', purge: true }),
        UNKNOWN_CARD: (conversationId) =>
          workflow.turn({
            conversationId,
            turnId: 'the-same',
            input: { type: 'cardAction', cardId: 'card-1.1', data: {} },
          }),
      };
      for (const [name, call] of Object.entries(calls)) {
        const told = await shownBy(call('secret'));
        expect(told.reason).toBe(name.split(' ')[0]);
        expect(told, name).toEqual(await shownBy(call('never-existed')));
      }
      expect(await workflow.list()).toEqual({ conversations: [], nextCursor: null });
    }
    for (const key of Object.keys(before)) expect(await under.raw.ttl(key)).toBeLessThanOrEqual(600);
    expect(await dumpUnder(under.raw, under.prefix)).toMatchObject(before);
  });

  it('leaves no key behind when a stranger looks for it or ends it', async () => {
    await using under = await openUnder();
    await turnOf(under, { ...owner, conversationId: 'secret' }, 'mine');
    const before = await keysUnder(under.raw, under.prefix);
    for (const stranger of strangers) {
      const { workflow } = under.as(stranger);
      await failureOf(workflow.get({ conversationId: 'secret' }));
      await failureOf(workflow.end({ conversationId: 'secret', outcome: 'cancelled' }));
      await workflow.list();
    }
    expect(await keysUnder(under.raw, under.prefix)).toEqual(before);
  });

  it('and their own of the same id are separate: the same turn id replays only the own turn', async () => {
    await using under = await openUnder();
    await turnOf(under, { ...owner, conversationId: 'shared-id' }, 'mine');
    for (const [index, stranger] of strangers.entries()) {
      const key = { ...stranger, conversationId: 'shared-id' };
      expect(await turnOf(under, key, `words ${index}`)).toMatchObject({
        replayed: false,
        turn: { number: 1 },
        messages: [{ text: `to words ${index}` }],
      });
    }
  });

  it('is not locked for its owner by a stranger who locks one of the same id', async () => {
    await using under = await openUnder();
    const [stranger] = strangers;
    if (stranger === undefined) throw new Error('there are strangers');
    const key = { ...stranger, conversationId: 'shared-id' };
    await under.raw.set(new KeyBuilder(under.prefix).conversation(key).lock, 'held', 'PX', 60_000);
    expect((await failureOf(turnOf(under, key, 'theirs'))).error.reason).toBe('TURN_IN_PROGRESS');
    const own = await turnOf(under, { ...owner, conversationId: 'shared-id' }, 'mine');
    expect(own.turn.number).toBe(1);
  });
});

describe('identities over HTTP', () => {
  it('come from the headers alone, and stay separate', async () => {
    await using server = await startTestServer();
    const callers: [string, string][] = [
      ['a:b', 'c'],
      ['a', 'b:c'],
      ['a%3Ab', 'c'],
      ['{a}', 'c'],
      ['__proto__', 'constructor'],
      [long, long],
    ];
    for (const [tenant, user] of callers) {
      server.agent.willAnswer({ text: `to ${tenant} ${user}` });
      const headers = { 'x-dev-tenant': tenant, 'x-dev-user': user };
      const input = { conversationId: 'd', workflowId: 'survey', turnId: 't', input: text('hello') };
      const answer = await post(server.url, 'workflow.turn', input, headers);
      expect(answer.data).toMatchObject({ replayed: false, turn: { number: 1 } });
    }
    for (const [tenant, user] of callers) {
      const headers = { 'x-dev-tenant': tenant, 'x-dev-user': user };
      const { data } = await query(server.url, 'workflow.get', { conversationId: 'd' }, headers);
      expect(data).toMatchObject({ messages: [{}, { text: `to ${tenant} ${user}` }] });
    }
    const nobody = { 'x-dev-tenant': 'a', 'x-dev-user': 'b' };
    expect((await query(server.url, 'workflow.get', { conversationId: 'd' }, nobody)).status).toBe(404);
  });

  it('in the input are refused: an identity is no one’s to choose there', async () => {
    await using server = await startTestServer();
    const { error } = await query(server.url, 'workflow.get', { conversationId: 'd', user: 'owner' });
    expect(error?.data).toMatchObject({ reason: 'INVALID_INPUT', issues: [{ path: 'user' }] });
  });
});

describe('on Redis Cluster', () => {
  it("all keys of one conversation are in one slot, and a whole conversation runs on a cluster's node", async () => {
    await using own = await onFreePorts(async () =>
      startOwnRedis({ extraConfig: ['cluster-enabled yes', `cluster-port ${await freePort()}`] }),
    );
    using raw = rawRedis(own.url);
    // The only node has all slots; it still refuses a script whose keys are in more than one.
    await raw.redis.cluster('ADDSLOTSRANGE', 0, 16_383);
    // A node takes no writes in its first seconds.
    await expect.poll(() => raw.redis.cluster('INFO'), { timeout: 15_000 }).toContain('cluster_state:ok');

    const keys = new KeyBuilder('tk');
    const slots = new Set<number>();
    for (const key of colliding) {
      const ofOne = await Promise.all(
        keysOf(keys.conversation(key)).map((each) => raw.redis.cluster('KEYSLOT', each)),
      );
      expect(new Set(ofOne).size, nameOf(key)).toBe(1);
      for (const slot of ofOne) slots.add(slot);
    }
    expect(slots.size).toBeGreaterThan(colliding.length / 2);

    await using under = await createTestCaller({
      definitions: [survey],
      store: { redisUrl: own.url, prefix: freshPrefix() },
    });
    under.agent.willAnswer({ text: 'one' }, { text: 'two' });
    const { workflow } = under.caller;
    await workflow.turn({ conversationId: 'c', input: text('hello') });
    await workflow.turn({ conversationId: 'c', input: text('more') });
    expect((await workflow.get({ conversationId: 'c' })).workflowState.turnCount).toBe(2);
    expect((await workflow.list()).conversations).toHaveLength(1);
    const ended = await workflow.end({ conversationId: 'c', outcome: 'cancelled', purge: true });
    expect(ended.purged).toBe(true);
  });
});
