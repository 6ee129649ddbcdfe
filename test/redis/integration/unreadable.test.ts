import { describe, expect, inject, it } from 'vitest';
import { storedFormat } from '../../../server/domain/stored-conversation.ts';
import { Pseudonyms } from '../../../server/observability/pseudonyms.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { post, query } from '../../support/post.ts';
import { livesUnder, rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

const identity = { tenant: 'local', user: 'ann' };
const headers = { 'x-dev-user': identity.user };
/** The server has no DIGEST_SECRET here. */
const pseudonym = new Pseudonyms('').of(identity);

/** A whole server with a conversation `c` and another one, over HTTP. */
async function openConversations() {
  const server = await startTestServer();
  const raw = rawRedis(inject('redisUrl'));
  const keyBuilder = new KeyBuilder(server.settings.redisPrefix);
  const call = (path: string, input: object) => post(server.url, path, input, headers);
  const turn = (turnId: string, conversationId = 'c') => {
    server.agent.willAnswer({ text: `to ${turnId}` });
    const input = { type: 'text', text: turnId };
    return call('workflow.turn', { conversationId, turnId, workflowId: 'survey', input });
  };
  for (const conversationId of ['other', 'c']) {
    expect((await turn('turn-1', conversationId)).status).toBe(200);
    expect((await turn('turn-2', conversationId)).status).toBe(200);
  }
  return {
    ...server,
    raw: raw.redis,
    keys: keyBuilder.conversation({ ...identity, conversationId: 'c' }),
    list: keyBuilder.conversations(identity),
    turn,
    end: (purge: boolean) => call('workflow.end', { conversationId: 'c', outcome: 'cancelled', purge }),
    get: () => query(server.url, 'workflow.get', { conversationId: 'c' }, headers),
    listed: () => query(server.url, 'workflow.list', {}, headers),
    /** Resolves with the first event of a watch that resumes after the first turn. */
    watch: async () => {
      const input = encodeURIComponent(JSON.stringify({ json: { conversationId: 'c', after: 1 } }));
      const response = await fetch(`${server.url}/trpc/workflow.watch?input=${input}`, { headers });
      return response.text();
    },
    /** Returns the remaining lives of `c`'s keys, except the list, whose life other conversations extend too. */
    lives: async () =>
      Object.fromEntries(
        Object.entries(await livesUnder(raw.redis, server.settings.redisPrefix)).filter(([name]) =>
          name.includes('c}:'),
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      raw[Symbol.dispose]();
      await server.stop();
    },
  };
}

type Open = Awaited<ReturnType<typeof openConversations>>;

const damages: Record<string, (open: Open) => Promise<unknown>> = {
  'is no JSON': ({ raw, keys }) => raw.set(keys.state, 'garbage'),
  'lacks a field': async ({ raw, keys }) => {
    const state = JSON.parse((await raw.get(keys.state)) ?? '') as Record<string, unknown>;
    delete state['progress'];
    await raw.set(keys.state, JSON.stringify(state));
  },
  'lacks its guard': async ({ raw, keys }) => {
    const { incarnation, ...rest } = JSON.parse((await raw.get(keys.state)) ?? '') as { incarnation: string };
    await raw.set(keys.state, JSON.stringify({ ...rest, incarnation }));
  },
  'is of a newer format': async ({ raw, keys }) => {
    const state = (await raw.get(keys.state)) ?? '';
    await raw.set(keys.state, state.replace(`"format":${storedFormat},`, `"format":${storedFormat + 1},`));
  },
  'is a list': ({ raw, keys }) => raw.del(keys.state).then(() => raw.rpush(keys.state, 'x')),
  'has a transcript that is a text': ({ raw, keys }) => raw.set(keys.log, 'x'),
  'has turn ids that are a list': ({ raw, keys }) =>
    raw.del(keys.turns).then(() => raw.rpush(keys.turns, 'x')),
};

describe.each(Object.entries(damages))('a conversation whose stored state %s (I12)', (name, damage) => {
  it('is reported to every call, does not live longer for it, and can be purged', async () => {
    await using open = await openConversations();
    const { raw, keys } = open;
    await damage(open);
    for (const part of [keys.state, keys.log, keys.turns]) await raw.expire(part, 100);
    const answers = {
      get: await open.get(),
      turn: await open.turn('turn-3'),
      replay: await open.turn('turn-1'),
      end: await open.end(false),
    };
    for (const [call, { status, error }] of Object.entries(answers)) {
      expect(status, call).toBe(500);
      expect(error?.data, call).toMatchObject({ reason: 'CONVERSATION_UNREADABLE', retryable: false });
    }
    expect(answers.get.error?.message).toContain(name.includes('newer') ? 'newer version' : 'Purge it');
    expect(await open.watch()).toContain('CONVERSATION_UNREADABLE');
    // The list is built from the state, not from the transcript or the turn ids.
    const isListed = /transcript|turn ids/.test(name);
    expect((await open.listed()).data).toMatchObject({
      conversations: [...(isListed ? [{ conversationId: 'c' }] : []), { conversationId: 'other' }],
      ...(isListed ? {} : { unreadable: ['c'] }),
    });
    const lives = await open.lives();
    expect(Object.keys(lives).length).toBeGreaterThanOrEqual(3);
    for (const [part, life] of Object.entries(lives)) expect(life, part).toBeLessThanOrEqual(100_000);

    const purged = await open.end(true);
    expect(purged.status).toBe(200);
    expect(purged.data).toMatchObject({ conversationId: 'c', purged: true, unreadable: true });
    expect(await open.lives()).toEqual({});
    expect((await open.get()).status).toBe(404);
    expect((await open.turn('turn-1')).data).toMatchObject({ turn: { number: 1 }, replayed: false });
  });

  it('is named in the log by its key, without its contents', async () => {
    await using open = await openConversations();
    await damage(open);
    await open.get();
    await open.end(false);
    await open.watch();
    await open.turn('turn-3');
    const lines = open.logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'conversation.unreadable');
    expect(lines.map(({ call }) => call)).toEqual([
      'workflow.get',
      'workflow.end',
      'workflow.watch',
      'workflow.turn',
    ]);
    const fault = name.includes('newer') ? 'newer' : 'damaged';
    const logged = { tenant: identity.tenant, user: pseudonym, conversationId: 'c', fault };
    for (const line of lines) expect(line).toMatchObject(logged);
    for (const line of open.logLines) expect(line).not.toMatch(/garbage|error\.unexpected/);
  });
});

describe('a log entry that can not be read (I12)', () => {
  it.each(['garbage', 'null', '{}', '[]'])(
    'is reported to the calls that need it, and the conversation goes on and can be purged: %s',
    async (text) => {
      await using open = await openConversations();
      const { raw, keys } = open;
      const [first] = await raw.xrange(keys.log, '-', '+', 'COUNT', 1);
      await raw.del(keys.log);
      await raw.xadd(keys.log, '1-0', ...(first?.[1] ?? []));
      await raw.xadd(keys.log, '2-0', 'turn', text);
      for (const part of [keys.state, keys.log, keys.turns]) await raw.expire(part, 100);
      for (const { status, error } of [await open.get(), await open.turn('turn-2')]) {
        expect(status).toBe(500);
        expect(error?.data.reason).toBe('CONVERSATION_UNREADABLE');
      }
      expect(await open.watch()).toContain('CONVERSATION_UNREADABLE');
      for (const life of Object.values(await open.lives())) expect(life).toBeLessThanOrEqual(100_000);
      expect((await open.turn('turn-1')).data).toMatchObject({ replayed: true });
      expect((await open.turn('turn-3')).data).toMatchObject({ turn: { number: 3 } });
      expect((await open.end(true)).data).toMatchObject({ purged: true });
      expect(await open.lives()).toEqual({});
    },
  );
});

describe('something else under the key of a hint, or of a lease', () => {
  it.each([
    ['list', 'string'],
    ['waiting', 'string'],
    ['holder', 'string'],
    ['lock', 'list'],
    ['lock', 'string'],
  ] as const)('%s as a %s that never expires: turns, reads and ends go on', async (part, type) => {
    await using open = await openConversations();
    const { raw, keys, list } = open;
    const key = part === 'list' ? list : keys[part];
    await raw.del(key);
    await (type === 'string' ? raw.set(key, 'foreign') : raw.rpush(key, 'foreign'));
    expect((await open.get()).status).toBe(200);
    expect((await open.listed()).status).toBe(200);
    expect((await open.turn('turn-3')).data).toMatchObject({ turn: { number: 3 } });
    expect((await open.turn('turn-4')).data).toMatchObject({ turn: { number: 4 } });
    const { conversations } = (await open.listed()).data as { conversations: unknown[] };
    expect(conversations[0]).toMatchObject({ conversationId: 'c' });
    // A list that made way has lost the other one, until that is worked on again.
    if (part !== 'list') expect(conversations[1]).toMatchObject({ conversationId: 'other' });
    await raw.del(key);
    await (type === 'string' ? raw.set(key, 'foreign') : raw.rpush(key, 'foreign'));
    expect((await open.end(true)).data).toMatchObject({ purged: true });
    for (const life of Object.values(await open.lives())) expect(life).toBeGreaterThan(0);
  });
});
