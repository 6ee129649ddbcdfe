import { describe, expect, it } from 'vitest';
import { faults, settings } from './read-environment.ts';

const secret = 'a secret of more than 32 characters';
const oidc = {
  AUTH_MODE: 'oidc',
  OIDC_ISSUER: 'https://login.example.com/',
  OIDC_AUDIENCE: 'api://turnkeeper',
  OIDC_TENANT_CLAIM: 'tid',
  USER_ID_SECRET: secret,
};

const issuerIn = (env: Record<string, string | undefined>) => {
  const { auth } = settings({ ...oidc, ...env });
  return auth.mode === 'oidc' ? auth.issuers : [];
};

describe('AUTH_MODE=oidc', () => {
  it('is read into the issuer that is trusted, and starts a production', () => {
    const production = { ...oidc, NODE_ENV: 'production', HOST: '0.0.0.0', REDIS_URL: 'redis://host' };
    expect(settings(production)).toMatchObject({
      authTimeoutMs: 5_000,
      allowedTenants: null,
      auth: {
        mode: 'oidc',
        userIdSecret: secret,
        issuers: [
          {
            issuer: 'https://login.example.com/',
            audiences: ['api://turnkeeper'],
            algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
            clockToleranceSeconds: 60,
            claims: {
              tenant: { kind: 'claim', path: ['tid'] },
              allowedTenants: null,
              user: ['sub'],
              roles: null,
            },
          },
        ],
      },
    });
  });

  it('says all that it needs at once', () => {
    expect(faults({ AUTH_MODE: 'oidc' })).toEqual([
      expect.stringMatching(/^USER_ID_SECRET must be set when AUTH_MODE is oidc/),
      expect.stringMatching(/^OIDC_ISSUER must be set .*OIDC_AUDIENCE.*OIDC_TENANT.*docs\/identity.md/),
    ]);
    expect(faults({ AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://login.example.com' })).toEqual([
      expect.stringMatching(/^USER_ID_SECRET/),
      expect.stringMatching(/^OIDC_AUDIENCE must be set/),
      expect.stringMatching(/^OIDC_TENANT_CLAIM or OIDC_TENANT must be set, and not both/),
    ]);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['a short secret', { USER_ID_SECRET: 'short' }, 'USER_ID_SECRET must be a secret of at least 32'],
    ['two tenants', { OIDC_TENANT: 'contoso' }, 'OIDC_TENANT_CLAIM or OIDC_TENANT must be set, and not both'],
    ['an issuer without TLS', { OIDC_ISSUER: 'http://login.example.com' }, 'OIDC_ISSUER must be the issuer'],
    [
      'an issuer with a query',
      { OIDC_ISSUER: 'https://login.example.com?x' },
      'OIDC_ISSUER must be the issuer',
    ],
    [
      'an issuer with a password',
      { OIDC_ISSUER: 'https://me:pass@login.example.com' },
      'OIDC_ISSUER must be the issuer',
    ],
    ['an empty audience', { OIDC_AUDIENCE: 'a,,b' }, 'OIDC_AUDIENCE must be a comma-separated list'],
    ['HMAC', { OIDC_ALGORITHMS: 'RS256,HS256' }, 'OIDC_ALGORITHMS must list algorithms of RS256'],
    ['no algorithm', { OIDC_ALGORITHMS: 'none' }, 'OIDC_ALGORITHMS must list algorithms of RS256'],
    ['roles without their claim', { OIDC_ROLES: 'A=user' }, 'OIDC_ROLES must come with OIDC_ROLES_CLAIM'],
    [
      'an unknown role',
      { OIDC_ROLES_CLAIM: 'roles', OIDC_ROLES: 'A=admin' },
      'OIDC_ROLES must list values of the claim',
    ],
    ['an empty claim', { OIDC_TENANT_CLAIM: 'a..b' }, 'OIDC_TENANT_CLAIM must be a claim like'],
    ['a claim that is no JSON', { OIDC_TENANT_CLAIM: '["a"' }, 'OIDC_TENANT_CLAIM must be a claim like'],
    [
      'a tolerance of an hour',
      { OIDC_CLOCK_TOLERANCE_SECONDS: '3600' },
      'OIDC_CLOCK_TOLERANCE_SECONDS must be a whole number',
    ],
    ['an issuer twice', { OIDC_ISSUERS: '[]' }, 'OIDC_ISSUERS must be a JSON array'],
    ['issuers that are no JSON', { OIDC_ISSUERS: 'x' }, 'OIDC_ISSUERS must be a JSON array'],
  ])('refuses %s', (_case, changes, fault) => {
    const found = faults({ ...oidc, ...changes });
    expect(
      found.some((each) => each.startsWith(fault)),
      found.join('\n'),
    ).toBe(true);
    expect(found.join()).not.toContain('pass@');
  });

  it.each([
    ['tid', ['tid']],
    ['org.company.id', ['org', 'company', 'id']],
    ['https://example.com/tenant', ['https://example.com/tenant']],
    ['["resource_access","my.client","roles"]', ['resource_access', 'my.client', 'roles']],
  ])('reads the claim %s', (claim, path) => {
    expect(issuerIn({ OIDC_TENANT_CLAIM: claim })).toMatchObject([
      { claims: { tenant: { kind: 'claim', path } } },
    ]);
  });

  it('reads roles: by their own names, or by those of the issuer', () => {
    const rolesOf = (env: Record<string, string>) =>
      issuerIn({ OIDC_ROLES_CLAIM: 'roles', ...env })[0]?.claims.roles?.roleOf;
    expect([...(rolesOf({})?.keys() ?? [])]).toEqual(['user', 'service', 'operator', 'auditor']);
    expect([...(rolesOf({ OIDC_ROLES: 'App.User=user, a=b=service' }) ?? [])]).toEqual([
      ['App.User', 'user'],
      ['a=b', 'service'],
    ]);
  });

  it('lets users sign in on the chat page at the first issuer', () => {
    const page = {
      SIGN_IN_CLIENT_ID: 'page',
      SIGN_IN_PARAMETERS: 'audience=https%3A%2F%2Fapi.example&prompt=consent',
    };
    expect(settings({ ...oidc, ...page }).auth).toMatchObject({
      page: {
        issuer: oidc.OIDC_ISSUER,
        clientId: 'page',
        scope: 'openid profile offline_access',
        parameters: { audience: 'https://api.example', prompt: 'consent' },
      },
    });
    expect(settings(oidc).auth).toMatchObject({ page: null });
    expect(faults({ ...oidc, SIGN_IN_PARAMETERS: 'a=b' })).toEqual([
      expect.stringMatching(/^SIGN_IN_PARAMETERS must come with SIGN_IN_CLIENT_ID/),
    ]);
  });

  it('trusts one tenant for all users, and several audiences', () => {
    const env = { OIDC_TENANT_CLAIM: undefined, OIDC_TENANT: 'contoso', OIDC_AUDIENCE: 'a, b' };
    expect(issuerIn(env)).toMatchObject([
      { audiences: ['a', 'b'], claims: { tenant: { kind: 'fixed', name: 'contoso' } } },
    ]);
  });
});

describe('OIDC_ISSUERS', () => {
  const several = (...entries: object[]) => ({
    AUTH_MODE: 'oidc',
    USER_ID_SECRET: secret,
    OIDC_ISSUERS: JSON.stringify(entries),
  });
  const contoso = { issuer: 'https://a.example', audience: 'api', tenant: 'contoso' };
  const many = { issuer: 'https://b.example', audience: 'api', tenantClaim: 'tid', allowedTenants: 'x,y' };

  it('trusts several, each with rules of its own', () => {
    const { auth } = settings(several(contoso, { ...many, rolesClaim: 'roles', roles: 'App=service' }));
    expect(auth).toMatchObject({
      issuers: [
        { issuer: 'https://a.example', claims: { tenant: { name: 'contoso' }, user: ['sub'], roles: null } },
        { issuer: 'https://b.example', claims: { tenant: { path: ['tid'] }, allowedTenants: ['x', 'y'] } },
      ],
    });
  });

  it.each<[string, object[], RegExp]>([
    [
      'that could speak for the tenants of others',
      [contoso, { ...many, allowedTenants: undefined }],
      /must list the allowedTenants/,
    ],
    ['twice', [contoso, contoso], /must list https:\/\/a.example once/],
    ['without a tenant', [{ ...contoso, tenant: undefined }], /either a tenant or a tenantClaim/],
    ['with roles of no claim', [{ ...contoso, roles: 'A=user' }], /the rolesClaim that/],
    ['with an unknown key', [{ ...contoso, tenent: 'x' }], /./],
  ])('refuses an issuer %s', (_case, entries, fault) => {
    expect(faults(several(...entries)).join()).toMatch(fault);
  });

  it('takes the place of the variables of one issuer', () => {
    const found = faults({ ...several(contoso), OIDC_ISSUER: 'https://a.example', OIDC_TENANT: 'x' });
    expect(found.map((fault) => fault.split(' ')[0])).toEqual(['OIDC_ISSUER', 'OIDC_TENANT']);
  });
});
