import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { ownSecret } from '../../../server/embedded-redis/own-secret.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { post } from '../../support/post.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

const first = 'a first secret of at least 32 characters';
const second = 'another secret of at least 32 characters';
const REDIS_PREFIX = `digests-${process.pid}`;

/** A server with its secrets, whose conversations the whole file shares; `say` is a turn of ann's. */
async function serverWith(secrets: string | null) {
  const env = secrets === null ? { REDIS_PREFIX } : { REDIS_PREFIX, DIGEST_SECRET: secrets };
  const server = await startTestServer({ env });
  const say = async (conversationId: string, turnId: string, text: string, tenant = 'acme') => {
    server.agent.willAnswer({ text: 'Noted.' });
    const input = { type: 'text', text };
    const call = { conversationId, turnId, workflowId: 'survey', input };
    return post(server.url, 'workflow.turn', call, { 'x-dev-user': 'ann', 'x-dev-tenant': tenant });
  };
  return { ...server, say };
}

/** Returns the digests of a conversation, by turn id. */
async function digestsOf(conversationId: string, tenant = 'acme'): Promise<Record<string, string>> {
  using raw = rawRedis(inject('redisUrl'));
  const { turns } = new KeyBuilder(REDIS_PREFIX).conversation({ tenant, user: 'ann', conversationId });
  const uses = Object.entries(await raw.redis.hgetall(turns));
  return Object.fromEntries(uses.map(([turnId, use]) => [turnId, use.split(':')[1] ?? '']));
}

const plain = (text: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ text, type: 'text' }))
    .digest('base64url');

describe("the stored digest of a turn's input (S8)", () => {
  it.each([
    ['with a secret', first],
    ['without one', null],
  ])(
    'is keyed, and differs for the same words in another turn, conversation or tenant, %s',
    async (name, secret) => {
      await using server = await serverWith(secret);
      await server.say(`a ${name}`.replaceAll(' ', '-'), 'one', 'yes');
      await server.say(`a ${name}`.replaceAll(' ', '-'), 'two', 'yes');
      await server.say(`b ${name}`.replaceAll(' ', '-'), 'one', 'yes');
      await server.say(`a ${name}`.replaceAll(' ', '-'), 'one', 'yes', 'other');
      const digests = [
        ...Object.values(await digestsOf(`a ${name}`.replaceAll(' ', '-'))),
        ...Object.values(await digestsOf(`b ${name}`.replaceAll(' ', '-'))),
        ...Object.values(await digestsOf(`a ${name}`.replaceAll(' ', '-'), 'other')),
      ];
      expect(new Set(digests).size).toBe(4);
      for (const digest of digests) expect(digest).not.toContain(plain('yes'));
    },
  );

  it('distinguishes inputs, on any server with the secret', async () => {
    await using server = await serverWith(first);
    await using another = await serverWith(first);
    await server.say('shared', 'one', 'yes');
    expect((await another.say('shared', 'one', 'yes')).data).toMatchObject({ replayed: true });
    expect((await another.say('shared', 'one', 'no')).error?.data.reason).toBe('TURN_ID_REUSED');
  });

  it('is compared under a replaced secret; once that is gone, the turn id is refused, not run again', async () => {
    await using before = await serverWith(first);
    await before.say('rotated', 'one', 'yes');
    await using meanwhile = await serverWith(`${second},${first}`);
    expect((await meanwhile.say('rotated', 'one', 'yes')).data).toMatchObject({ replayed: true });
    expect((await meanwhile.say('rotated', 'one', 'no')).error?.data.reason).toBe('TURN_ID_REUSED');
    await meanwhile.say('rotated', 'two', 'yes');
    await using after = await serverWith(second);
    expect((await after.say('rotated', 'two', 'yes')).data).toMatchObject({ replayed: true });
    const { error } = await after.say('rotated', 'one', 'yes');
    expect(error?.data.reason).toBe('TURN_ID_REUSED');
    expect(error?.message).toContain('DIGEST_SECRET');
  });

  it('is compared with the digest of version a1ce3d2', async () => {
    await using server = await serverWith(first);
    await server.say('legacy', 'one', 'yes');
    using raw = rawRedis(inject('redisUrl'));
    const { turns } = new KeyBuilder(REDIS_PREFIX).conversation({
      tenant: 'acme',
      user: 'ann',
      conversationId: 'legacy',
    });
    await raw.redis.hset(turns, 'one', `1:${plain('yes')}:token`);
    expect((await server.say('legacy', 'one', 'yes')).data).toMatchObject({ replayed: true });
    expect((await server.say('legacy', 'one', 'no')).error?.data.reason).toBe('TURN_ID_REUSED');
  });
});

describe("the secret of a server's own Redis", () => {
  it('is made once, also by processes that start at the same time, and only its owner may read it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-secret-'));
    try {
      const made = await Promise.all(Array.from({ length: 5 }, () => ownSecret(dir)));
      expect(new Set(made).size).toBe(1);
      expect(made[0]?.length).toBeGreaterThanOrEqual(32);
      expect(await readFile(join(dir, 'digest-secret'), 'utf8')).toBe(made[0]);
      expect(await ownSecret(dir)).toBe(made[0]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
