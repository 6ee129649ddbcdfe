import { createHmac, createPublicKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audience, newSigningKey, startOpenIdProvider } from '../../support/open-id-provider.ts';
import { authenticatorFor, trusted } from './oidc-world.ts';

type OpenIdProvider = Awaited<ReturnType<typeof startOpenIdProvider>>;
let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await startOpenIdProvider();
});
afterAll(() => provider.stop());

const world = () => authenticatorFor({ issuers: [trusted(provider.issuer)] });
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const invalid = 'The access token is not valid.';
const notTrusted = 'The access token is not from an issuer that this server trusts.';

function claimsOnly(changes: Record<string, unknown>) {
  return {
    iss: provider.issuer,
    aud: audience,
    sub: 'dana',
    tid: 'contoso',
    exp: nowSeconds() + 300,
    ...changes,
  };
}

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs with HMAC, with a public key as the secret, by hand: no library does that. */
function signedWithPublicKey(format: 'pem' | 'der'): string {
  const { kid, jwk } = provider.key();
  const publicKey = createPublicKey({
    key: { kty: jwk.kty ?? '', n: jwk.n ?? '', e: jwk.e ?? '' },
    format: 'jwk',
  });
  const shared =
    format === 'pem'
      ? publicKey.export({ type: 'spki', format: 'pem' })
      : publicKey.export({ type: 'spki', format: 'der' });
  const signed = `${segment({ alg: 'HS256', kid, typ: 'JWT' })}.${segment(claimsOnly({}))}`;
  return `${signed}.${createHmac('sha256', shared).update(signed).digest('base64url')}`;
}

describe('a token of the provider', () => {
  it('as it issues it makes its program known, by an opaque id', async () => {
    const answer = await world().ask(await provider.tokenOf('importer'));
    expect(answer).toMatchObject({ kind: 'authenticated', identity: { tenant: 'contoso' }, roles: ['user'] });
    expect(JSON.stringify({ ...answer, accessToken: '' })).not.toContain('importer');
  });

  it('is passed on, with the time at which it ends and the clocks may differ', async () => {
    const exp = nowSeconds() + 100;
    const token = await provider.sign({ claims: { exp } });
    expect(await world().ask(token)).toMatchObject({ accessToken: token, expiresAt: (exp + 60) * 1000 });
  });

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('has a good type: %s', async (typ) => {
    expect(await world().ask(await provider.sign({ header: { typ } }))).toMatchObject({
      kind: 'authenticated',
    });
  });

  it('may be for several services', async () => {
    const token = await provider.sign({ claims: { aud: ['https://other.example', audience] } });
    expect(await world().ask(token)).toMatchObject({ kind: 'authenticated' });
  });
});

describe('a token that is not good is refused', () => {
  const cases: [string, () => Promise<string>, string][] = [
    ['expired', () => provider.sign({ claims: { exp: nowSeconds() - 61 } }), 'The access token has expired.'],
    [
      'not yet valid',
      () => provider.sign({ claims: { nbf: nowSeconds() + 120 } }),
      'The access token is not valid yet. Compare the clocks of its issuer and of this server.',
    ],
    [
      'issued in the future',
      () => provider.sign({ claims: { iat: nowSeconds() + 120 } }),
      'The access token is not valid yet. Compare the clocks of its issuer and of this server.',
    ],
    [
      'for another audience',
      () => provider.sign({ claims: { aud: 'https://other.example' } }),
      'The access token is meant for another service.',
    ],
    ['for no audience', () => provider.sign({ claims: { aud: undefined } }), invalid],
    ['without an end', () => provider.sign({ claims: { exp: undefined } }), invalid],
    ['with an end that is no number', () => provider.sign({ claims: { exp: '9999999999' } }), invalid],
    ['of another issuer', () => provider.sign({ claims: { iss: 'https://issuer.example' } }), notTrusted],
    [
      'of the issuer with a slash',
      () => provider.sign({ claims: { iss: `${provider.issuer}/` } }),
      notTrusted,
    ],
    ['of no issuer', () => provider.sign({ claims: { iss: undefined } }), notTrusted],
    ['without a signature', () => Promise.resolve(new UnsecuredJWT(claimsOnly({})).encode()), invalid],
    [
      'that says "none" and has a signature',
      async () => {
        const [, payload, signature] = (await provider.sign()).split('.');
        return `${segment({ alg: 'none' })}.${payload ?? ''}.${signature ?? ''}`;
      },
      invalid,
    ],
    ['signed by HMAC with the public key as PEM', () => Promise.resolve(signedWithPublicKey('pem')), invalid],
    ['signed by HMAC with the public key as DER', () => Promise.resolve(signedWithPublicKey('der')), invalid],
    ['of an unknown key', async () => provider.sign({ key: await newSigningKey() }), invalid],
    [
      'signed by another key under a known name',
      async () => provider.sign({ key: { ...(await newSigningKey()), kid: provider.key().kid } }),
      invalid,
    ],
    [
      'with a key of its own',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
        return new SignJWT(claimsOnly({}))
          .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
          .sign(privateKey);
      },
      invalid,
    ],
    [
      'with a critical header that nobody knows',
      () => provider.sign({ header: { crit: ['urgent'], urgent: true } }),
      invalid,
    ],
    [
      'tampered with',
      async () => {
        const [header, , signature] = (await provider.sign()).split('.');
        return `${header ?? ''}.${segment(claimsOnly({ tid: 'fabrikam' }))}.${signature ?? ''}`;
      },
      invalid,
    ],
    ['of another type', () => provider.sign({ header: { typ: 'logout+jwt' } }), invalid],
    [
      'without a tenant',
      () => provider.sign({ claims: { tid: undefined } }),
      'The access token does not say which tenant its user belongs to.',
    ],
    [
      'with a tenant that is no text',
      () => provider.sign({ claims: { tid: ['contoso'] } }),
      'The access token does not say which tenant its user belongs to.',
    ],
    [
      'without a user',
      () => provider.sign({ claims: { sub: undefined } }),
      'The access token does not say who its user is.',
    ],
    ['that is no JWT', () => Promise.resolve('abc'), notTrusted],
    [
      'that is too long',
      () => provider.sign({ claims: { groups: 'g'.repeat(20_000) } }),
      'The access token is too long: this server takes 12000 characters.',
    ],
  ];

  it.each(cases)('%s', async (_case, make, message) => {
    const token = await make();
    const answer = await world().ask(token);
    expect(answer).toEqual({ kind: 'refused', message });
    const [, payload = ''] = token.split('.');
    expect(JSON.stringify(answer)).not.toContain(payload === '' ? token : payload);
  });

  it('by an algorithm that is not allowed, whatever key the issuer has for it', async () => {
    const { ask } = authenticatorFor({
      issuers: [trusted(provider.issuer, { algorithms: ['ES256', 'PS256'] })],
    });
    expect(await ask(await provider.sign())).toEqual({ kind: 'refused', message: invalid });
  });

  it('but a missing one is told apart', async () => {
    const { authenticator } = world();
    expect(await authenticator.authenticate({})).toMatchObject({ kind: 'refused', isMissing: true });
    expect(await authenticator.authenticate({ authorization: 'Basic eA==' })).toMatchObject({
      isMissing: true,
    });
    const malformed = await authenticator.authenticate({ authorization: 'Bearer a b' });
    expect(malformed).toMatchObject({ kind: 'refused' });
    expect(malformed).not.toHaveProperty('isMissing');
  });

  it('for a tenant that its issuer may not speak for', async () => {
    const rules = trusted(provider.issuer);
    const { ask } = authenticatorFor({
      issuers: [{ ...rules, claims: { ...rules.claims, allowedTenants: ['contoso'] } }],
    });
    expect(await ask(await provider.tokenOf('importer'))).toMatchObject({ kind: 'authenticated' });
    expect(await ask(await provider.tokenOf('outsider'))).toMatchObject({
      kind: 'forbidden',
      reason: 'TENANT_NOT_ALLOWED',
    });
  });
});

describe('clocks that are a minute apart', () => {
  it('are allowed for: the issuer is ahead, or behind', async () => {
    const ahead = world();
    ahead.advance(-60_000);
    expect(await ahead.ask(await provider.sign({ claims: { nbf: nowSeconds() } }))).toMatchObject({
      kind: 'authenticated',
    });
    const behind = world();
    const token = await provider.sign({ claims: { exp: nowSeconds() + 5 } });
    behind.advance(60_000);
    expect(await behind.ask(token)).toMatchObject({ kind: 'authenticated' });
  });

  it('are not, where the setting says so', async () => {
    const { ask, advance } = authenticatorFor({
      issuers: [trusted(provider.issuer, { clockToleranceSeconds: 0 })],
    });
    advance(-60_000);
    expect(await ask(await provider.sign())).toMatchObject({ kind: 'refused' });
  });
});

describe('a user', () => {
  it('has the same id with every token, and another with another issuer, subject or secret', async () => {
    await using other = await startOpenIdProvider();
    const issuers = [trusted(provider.issuer), trusted(other.issuer)];
    const { ask } = authenticatorFor({ issuers });
    const keyedOtherwise = authenticatorFor({ issuers, secret: 'another secret of user ids in a test' });
    const userOf = async (answer: ReturnType<typeof ask>): Promise<string> => {
      const authentication = await answer;
      if (authentication.kind !== 'authenticated') throw new Error(authentication.message);
      return authentication.identity.user;
    };
    const dana = await userOf(ask(await provider.sign()));
    expect(dana).toMatch(/^[\w-]{22}$/);
    expect(await userOf(ask(await provider.sign({ claims: { extra: 1 } })))).toBe(dana);
    const others = [
      await userOf(ask(await other.sign())),
      await userOf(ask(await provider.sign({ claims: { sub: 'eve' } }))),
      await userOf(keyedOtherwise.ask(await provider.sign())),
    ];
    expect(new Set([dana, ...others]).size).toBe(4);
  });
});
