import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { post } from '../../support/post.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  clientId,
  clientSecret,
  tenantId,
} from '../../unit/agents/copilot-studio/access-token/entra-tokens.ts';
import { refusal, startFakeEntra } from '../../unit/agents/copilot-studio/access-token/fake-entra.ts';

const messagesSchema = z.object({ messages: z.array(z.object({ text: z.string() })) });

/** The headers of a signed-in person; null stands for no token. */
function headersOf(user: string, token: string | null): Record<string, string> {
  return { 'x-dev-user': user, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
}

const opening = { conversationId: 'c', workflowId: 'leave-request', input: { type: 'open' } };

/** A server as `npm start` starts it, the emulated service that it asks, and the authority that issues its tokens. */
async function startAll(mode: 'client-credentials' | 'on-behalf-of') {
  const resources = [await startFakeEntra(), await startEmulator(), await temporaryFolder()] as const;
  const [entra, emulator, folder] = resources;
  const authorityFile = join(folder.path, 'authority.pem');
  await writeFile(authorityFile, entra.certificate);
  const server = await startServerProcess({
    NODE_EXTRA_CA_CERTS: authorityFile,
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: freshPrefix().slice(0, 20),
    LOG_LEVEL: 'trace',
    AGENT_PROVIDER: 'copilot-studio',
    COPILOT_DIRECT_CONNECT_URL: emulator.url,
    COPILOT_TENANT_ID: tenantId,
    COPILOT_CLIENT_ID: clientId,
    COPILOT_CLIENT_SECRET: clientSecret,
    COPILOT_TOKEN_MODE: mode,
    COPILOT_AUTHORITY: entra.url,
  });
  const { url, message } = await server.started();
  return {
    entra,
    emulator,
    message,
    turn: (headers: Record<string, string>, input: object = opening) =>
      post(url, 'workflow.turn', input, headers),
    /** Returns all its output, once it has stopped. */
    printed: async () => {
      server.signal('SIGTERM');
      const { stdout, stderr } = await server.ended;
      return stdout + stderr;
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      for (const resource of resources) await resource[Symbol.asyncDispose]();
    },
  };
}

describe('a server with an agent of Copilot Studio', () => {
  it("asks on behalf of each caller with a token of that caller's own, and prints none", async () => {
    await using all = await startAll('on-behalf-of');
    expect(all.message).toContain("asked in each caller's name");
    for (const user of ['dana', 'eve']) {
      const answered = await all.turn(headersOf(user, `token-of-${user}`));
      expect(answered.error).toBeNull();
      expect(messagesSchema.parse(answered.data).messages).not.toEqual([]);
    }
    expect(all.entra.tokenRequests.map(({ form }) => form['assertion'])).toEqual([
      'token-of-dana',
      'token-of-eve',
    ]);
    expect(all.emulator.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ]);
    const printed = await all.printed();
    for (const secret of ['token-of-dana', 'token-of-eve', 'token-1', clientSecret]) {
      expect(printed).not.toContain(secret);
    }
  });

  it('does not ask it at all for a caller without a token, or with one that the authority refuses', async () => {
    await using all = await startAll('on-behalf-of');
    const anonymous = await all.turn(headersOf('dana', null));
    expect(anonymous.status).toBe(401);
    expect(anonymous.error?.data).toMatchObject({ reason: 'UNAUTHENTICATED', retryable: false });
    all.entra.willAnswer(refusal(400, 'invalid_grant', { number: 500_133 }));
    const expired = await all.turn(headersOf('dana', 'token-of-dana'));
    expect(expired.error?.data.reason).toBe('UNAUTHENTICATED');
    expect(expired.error?.message).toContain('AADSTS500133');
    expect(all.emulator.requests).toEqual([]);
    const printed = await all.printed();
    expect(printed).toContain('AADSTS500133');
    expect(printed).not.toContain('token-of-dana');
    expect(printed).not.toContain(clientSecret);
  });

  it('has one token for all turns in its own name, and passes on when to come back to the authority', async () => {
    await using all = await startAll('client-credentials');
    all.entra.willAnswer(refusal(429, 'temporarily_unavailable', { headers: { 'retry-after': '0' } }));
    const busy = await all.turn(headersOf('dana', 'token-of-dana'));
    expect(busy.error?.data).toMatchObject({ reason: 'AGENT_FAILED', retryable: true, retryAfterMs: 0 });
    const users = ['a', 'b', 'c', 'd', 'e', 'f'];
    const answers = await Promise.all(users.map((user) => all.turn(headersOf(user, null))));
    expect(answers.map(({ error }) => error)).toEqual(users.map(() => null));
    expect(all.entra.tokenRequests).toHaveLength(2);
    const shown = new Set(all.emulator.requests.map(({ headers }) => headers.authorization));
    expect(shown).toEqual(new Set(['Bearer token-1']));
    expect(await all.printed()).not.toContain(clientSecret);
  });
});
