import { expect, inject, it } from 'vitest';
import { audience, newSigningKey, startOpenIdProvider } from '../../support/open-id-provider.ts';
import { post, query } from '../../support/post.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { foundIn } from './planted-texts.ts';

/** Everything that no output may contain; the tokens, which are made in the run, come on top. */
const planted = {
  metricsToken: 'plantedMetricsToken0123456789abcdef',
  userIdSecret: 'plantedUserIdSecret0123456789abcdef',
  email: 'planted.person@planted-mail.example',
  serviceSubject: 'planted service subject',
  namedSubject: 'planted subject that a service names',
  claim: 'planted claim value',
  wrongTenant: 'planted-tenant-that-may-not',
  wrongIssuer: 'https://planted-issuer.example',
  wrongRole: 'planted-role',
  keyId: 'plantedKeyId',
  words: 'planted user words',
  password: 'plantedPassword0123456789',
  referer: 'https://planted-site.example',
  embedding: 'plantedEmbedding',
  code: 'plantedAuthorizationCode',
} as const;

/** Starts a server process that trusts a provider, lets a site embed the page, and has limits that are soon reached. */
async function startTrusting() {
  const provider = await startOpenIdProvider();
  const server = await startServerProcess({
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: freshPrefix().slice(0, 20),
    LOG_LEVEL: 'trace',
    SHOW_ERROR_CAUSES: 'true',
    AUTH_MODE: 'oidc',
    OIDC_ISSUER: provider.issuer,
    OIDC_AUDIENCE: audience,
    OIDC_TENANT_CLAIM: 'tid',
    OIDC_ROLES_CLAIM: 'roles',
    ALLOWED_TENANTS: 'contoso',
    USER_ID_SECRET: planted.userIdSecret,
    SIGN_IN_CLIENT_ID: 'page',
    EMBED_ORIGINS: 'https://www.example.com',
    USER_CONVERSATIONS: '2',
    USER_STORED_BYTES: '1',
    METRICS_TOKEN: planted.metricsToken,
  });
  const { url } = await server.started();
  return {
    provider,
    server,
    url,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await provider.stop();
    },
  };
}

it('a server with identity, limits and an embedded page prints nothing of its tokens, its users and their words', async () => {
  await using run = await startTrusting();
  const { provider, server, url } = run;
  const now = Math.floor(Date.now() / 1000);
  const tokens = new Map<string, string>();
  /** A token of the user, changed; it is searched for as well. */
  const token = async (name: string, changes: Parameters<typeof provider.sign>[0] = {}) => {
    const claims = { sub: planted.email, email: planted.email, roles: ['user'], more: planted.claim };
    const signed = await provider.sign({ ...changes, claims: { ...claims, ...changes.claims } });
    tokens.set(name, signed);
    return signed;
  };
  const bearer = (value: string, more: Record<string, string> = {}) => ({
    authorization: `Bearer ${value}`,
    ...more,
  });
  const turn = (turnId: string) => ({
    ...{ conversationId: 'c', workflowId: 'vendor-onboarding', turnId },
    input: { type: 'text', text: planted.words },
  });

  const good = bearer(await token('good'));
  expect((await post(url, 'workflow.turn', turn('t1'), good)).error).toBeNull();
  // The size is counted a moment after the turn.
  await expect
    .poll(async () => (await post(url, 'workflow.turn', turn(crypto.randomUUID()), good)).error?.data.reason)
    .toBe('RATE_LIMITED');

  const [head = '', payload = ''] = (await token('whole')).split('.');
  const service = await token('service', { claims: { sub: planted.serviceSubject, roles: ['service'] } });
  const actsFor = { 'x-act-for-subject': encodeURIComponent(planted.namedSubject) };
  const refused = [
    bearer(await token('expired', { claims: { exp: now - 600 } })),
    bearer(await token('early', { claims: { nbf: now + 600 } })),
    bearer(await token('audience', { claims: { aud: planted.wrongIssuer } })),
    bearer(await token('issuer', { claims: { iss: planted.wrongIssuer } })),
    bearer(await token('tenant', { claims: { tid: planted.wrongTenant } })),
    bearer(await token('role', { claims: { roles: [planted.wrongRole] } })),
    bearer(await token('key', { key: { ...(await newSigningKey()), kid: planted.keyId } })),
    bearer(`${head}.${payload}.${Buffer.from(planted.claim).toString('base64url')}`),
    bearer(planted.password),
    { authorization: `Basic ${btoa(`${planted.email}:${planted.password}`)}` },
    { ...good, ...actsFor },
    bearer(service, { 'x-act-for-subject': `%zz${planted.namedSubject}` }),
    bearer(service, { 'x-act-for-user': planted.namedSubject }),
  ];
  for (const headers of refused)
    expect((await query(url, 'workflow.list', {}, headers)).error).not.toBeNull();
  expect((await query(url, 'workflow.list', {}, bearer(service, actsFor))).error).toBeNull();

  const from = {
    headers: { ...good, origin: planted.referer, referer: `${planted.referer}/${planted.embedding}` },
  };
  for (const path of [
    `/embed.js?${planted.embedding}=1`,
    `/?${planted.embedding}=1`,
    `/?code=${planted.code}&state=${planted.embedding}`,
    `/${planted.embedding}.svg`,
    `/trpc/workflow.list?input=${planted.embedding}`,
  ]) {
    await fetch(`${url}${path}`, from);
  }
  await provider.stop();
  const unknown = bearer(await token('later', { key: { ...(await newSigningKey()), kid: planted.keyId } }));
  expect((await query(url, 'workflow.list', {}, unknown)).error).not.toBeNull();

  const scraped = await fetch(`${url}/metrics`, { headers: bearer(planted.metricsToken) });
  const metrics = await scraped.text();
  server.signal('SIGTERM');
  const { stdout, stderr } = await server.ended;
  for (const event of ['limit.reached', 'service.acts', 'turn.committed'])
    expect(stdout).toContain(`"event":"${event}"`);
  expect(metrics).toContain('turnkeeper_limits_reached_total{resource="storedBytes",of="user"}');
  const output = `${stdout}${stderr}${metrics}`;
  const ends = [...tokens].map(([name, value]) => [name, value.split('.').at(-1) ?? value] as const);
  expect(foundIn(output, { ...planted, ...Object.fromEntries([...tokens, ...ends]) })).toEqual([]);
  expect(output.split('\n').filter((line) => /planted/i.test(line))).toEqual([]);
});
