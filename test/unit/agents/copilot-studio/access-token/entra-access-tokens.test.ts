import { describe, expect, it } from 'vitest';
import { connectionSettings } from '../../../../../server/agents/copilot-studio/endpoint.ts';
import { callerNamed, patiently } from './counting-source.ts';
import { clientId, clientSecret, somewhere, tenantId, tokensOf } from './entra-tokens.ts';
import { refusal, startFakeEntra } from './fake-entra.ts';

const dana = callerNamed('dana', 'token-of-dana');
const eve = callerNamed('eve', 'token-of-eve');

describe('client credentials', () => {
  it("are shown to the tenant's token endpoint, for the agent's cloud", async () => {
    await using entra = await startFakeEntra();
    expect(await tokensOf(entra).get(dana, patiently())).toBe('token-1');
    expect(entra.tokenRequests).toHaveLength(1);
    expect(entra.tokenRequests[0]).toMatchObject({
      path: `/${tenantId}/oauth2/v2.0/token`,
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'https://api.powerplatform.com/.default',
      },
    });
    expect(JSON.stringify(entra.tokenRequests)).not.toContain('token-of-dana');
  });

  it.each([
    ['High', 'https://api.high.powerplatform.microsoft.us/.default'],
    ['Mooncake', 'https://api.powerplatform.partner.microsoftonline.cn/.default'],
  ] as const)('ask for the audience of %s', async (cloud, scope) => {
    await using entra = await startFakeEntra();
    const connection = connectionSettings(somewhere, cloud);
    await tokensOf(entra, { connection }).get(dana, patiently());
    expect(entra.tokenRequests[0]?.form['scope']).toBe(scope);
  });

  it('ask for the audience of the cloud that a direct connect URL is said to be in', async () => {
    await using entra = await startFakeEntra();
    const url = 'http://127.0.0.1:3978/copilotstudio/x/conversations';
    const connection = connectionSettings({ kind: 'direct', url }, 'Gov');
    await tokensOf(entra, { connection }).get(dana, patiently());
    expect(entra.tokenRequests[0]?.form['scope']).toBe('https://api.gov.powerplatform.microsoft.us/.default');
  });

  it('are shown once for many callers at a time, and not again while the token is good', async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra);
    const callers = Array.from({ length: 40 }, (_, index) => callerNamed(`user-${index}`));
    const given = await Promise.all(callers.map((caller) => tokens.get(caller, patiently())));
    expect(new Set(given)).toEqual(new Set(['token-1']));
    expect(await tokens.get(dana, patiently())).toBe('token-1');
    expect(entra.tokenRequests).toHaveLength(1);
  });

  it('are shown again for a token whose life is over, as the authority told it', async () => {
    await using entra = await startFakeEntra();
    entra.expiresInSeconds = 20;
    const tokens = tokensOf(entra);
    await tokens.get(dana, patiently());
    entra.expiresInSeconds = 3_600;
    expect(await tokens.get(dana, patiently())).toBe('token-2');
    expect(await tokens.get(dana, patiently())).toBe('token-2');
    expect(entra.tokenRequests).toHaveLength(2);
  });

  it('are shown again after the service refused the token', async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra);
    const refused = await tokens.get(dana, patiently());
    const renewed = await Promise.all([
      tokens.renew(refused, dana, patiently()),
      tokens.renew(refused, eve, patiently()),
    ]);
    expect(renewed).toEqual(['token-2', 'token-2']);
    expect(entra.tokenRequests).toHaveLength(2);
  });
});

describe('on behalf of the user', () => {
  it("the user's own token is exchanged", async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    expect(await tokens.get(dana, patiently())).toBe('token-1');
    expect(entra.tokenRequests[0]?.form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      assertion: 'token-of-dana',
      client_secret: clientSecret,
    });
    expect(entra.tokenRequests[0]?.form['scope']).toContain('https://api.powerplatform.com/.default');
  });

  it('no token is given to anybody else, however many ask at a time (I8)', async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    const callers = Array.from({ length: 20 }, (_, index) => callerNamed(`u${index}`, `token-of-u${index}`));
    const calls = [...callers, ...callers, ...callers];
    const given = await Promise.all(calls.map((caller) => tokens.get(caller, patiently())));
    const owners = new Map<string, Set<string>>();
    calls.forEach(({ identity }, index) => {
      const token = given[index] ?? '';
      owners.set(token, (owners.get(token) ?? new Set()).add(identity.user));
    });
    expect([...owners.values()].map((users) => users.size)).toEqual(callers.map(() => 1));
    expect(entra.tokenRequests.map(({ form }) => form['assertion']).sort()).toEqual(
      callers.map(({ userToken }) => userToken).sort(),
    );
  });

  it('a user who signed in again, or is somebody else with the same token, gets another token', async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    await tokens.get(dana, patiently());
    expect(await tokens.get(callerNamed('dana', 'a-later-token'), patiently())).toBe('token-2');
    expect(await tokens.get(callerNamed('eve', 'token-of-dana'), patiently())).toBe('token-3');
    const elsewhere = { identity: { tenant: 'fabrikam', user: 'dana' }, userToken: 'token-of-dana' };
    expect(await tokens.get(elsewhere, patiently())).toBe('token-4');
    expect(await tokens.get(dana, patiently())).toBe('token-1');
  });

  it('a caller without a token is told to send one, and the authority is not asked', async () => {
    await using entra = await startFakeEntra();
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    const stranger = callerNamed('dana');
    for (const call of [tokens.get(stranger, patiently()), tokens.renew('t', stranger, patiently())]) {
      await expect(call).rejects.toMatchObject({
        reason: 'UNAUTHENTICATED',
        message: 'The agent is asked in your name: send your access token as "Authorization: Bearer …".',
      });
    }
    expect(entra.tokenRequests).toEqual([]);
  });

  it.each([
    ['invalid_grant', 500_133],
    ['invalid_grant', 65_001],
    ['interaction_required', 50_076],
  ])("a token that Entra does not accept (%s) is the caller's to mend", async (error, number) => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(400, error, { number }));
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    await expect(tokens.get(dana, patiently())).rejects.toMatchObject({
      reason: 'UNAUTHENTICATED',
      retryable: false,
      message: `Microsoft Entra ID gave no token in your name for the agent (${error}, AADSTS${number}): sign in again.`,
      cause: { outcome: 'refused' },
    });
    expect(await tokens.get(eve, patiently())).toBe('token-1');
  });

  it("an application that Entra does not accept is not the caller's fault", async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(401, 'invalid_client', { number: 7_000_215 }));
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    await expect(tokens.get(dana, patiently())).rejects.toMatchObject({ outcome: 'refused' });
  });

  it("one user's refusal, and the patience that it asks for, is not another's", async () => {
    await using entra = await startFakeEntra();
    entra.willAnswer(refusal(429, 'temporarily_unavailable', { headers: { 'retry-after': '60' } }));
    const tokens = tokensOf(entra, { mode: 'on-behalf-of' });
    await expect(tokens.get(dana, patiently())).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(await tokens.get(eve, patiently())).toBe('token-1');
    await expect(tokens.get(dana, patiently())).rejects.toMatchObject({ outcome: 'refused' });
    expect(entra.tokenRequests).toHaveLength(2);
  });
});
