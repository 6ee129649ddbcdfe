import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenLocally } from '../../support/local-server.ts';
import { startOpenIdProvider } from '../../support/open-id-provider.ts';
import { authenticatorFor, trusted } from './oidc-world.ts';

const minutes = 60_000;
const lastsLong = (): number => Math.floor(Date.now() / 1000) + 24 * 3600;

describe('the keys of an issuer', () => {
  it('are loaded once for many tokens, and again after ten minutes without a wait', async () => {
    await using provider = await startOpenIdProvider();
    const { ask, advance } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    const token = await provider.sign({ claims: { exp: lastsLong() } });
    await Promise.all([ask(token), ask(token), ask(token)]);
    await ask(token);
    expect(provider.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    advance(10 * minutes);
    provider.hang();
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    await expect.poll(() => provider.requests).toHaveLength(3);
  });

  it('that are rotated are found with the first token of the new key; the old one is no longer good', async () => {
    await using provider = await startOpenIdProvider();
    const { ask } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    const old = await provider.sign();
    expect(await ask(old)).toMatchObject({ kind: 'authenticated' });
    await provider.rotate();
    expect(await ask(await provider.tokenOf('importer'))).toMatchObject({ kind: 'authenticated' });
    expect(await ask(old)).toMatchObject({ kind: 'refused' });
  });

  it('are not loaded for every token with an unknown key', async () => {
    await using provider = await startOpenIdProvider();
    const { ask, advance } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    const forged = () => provider.sign({ header: { kid: 'unknown' } });
    for (let count = 0; count < 20; count += 1)
      expect(await ask(await forged())).toMatchObject({ kind: 'refused' });
    expect(provider.requests.filter((path) => path === '/jwks')).toHaveLength(2);
    advance(10_000);
    await ask(await forged());
    expect(provider.requests.filter((path) => path === '/jwks')).toHaveLength(3);
  });

  it('without names in tokens are all tried', async () => {
    await using provider = await startOpenIdProvider();
    const { ask } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    expect(await ask(await provider.sign({ header: { kid: undefined } }))).toMatchObject({
      kind: 'authenticated',
    });
  });
});

describe('an issuer that is down', () => {
  it('at the start makes calls fail until it is back, without a flood of requests', async () => {
    await using provider = await startOpenIdProvider();
    const { ask, advance, events } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    const token = await provider.sign();
    await provider.stop();
    await expect(ask(token)).rejects.toMatchObject({ name: 'IssuerUnavailable', code: 'ECONNREFUSED' });
    await provider.start();
    // For a moment the failure stands.
    await expect(ask(token)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(provider.requests).toEqual([]);
    advance(1_000);
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    expect(events).toEqual([
      { type: 'issuer.unreachable', issuer: provider.issuer, cause: 'ECONNREFUSED' },
      { type: 'issuer.reachable', issuer: provider.issuer },
    ]);
  });

  it('later signs nobody out for an hour, but its new keys are not found', async () => {
    await using provider = await startOpenIdProvider();
    const { ask, advance } = authenticatorFor({ issuers: [trusted(provider.issuer)] });
    const token = await provider.sign({ claims: { exp: lastsLong() } });
    const ofNewKey = await provider.sign({ header: { kid: 'new' }, claims: { exp: lastsLong() } });
    await ask(token);
    await provider.stop();
    advance(59 * minutes);
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    // It may be good: the caller tries again.
    await expect(ask(ofNewKey)).rejects.toMatchObject({ name: 'IssuerUnavailable' });
    advance(2 * minutes);
    await expect(ask(token)).rejects.toMatchObject({ name: 'IssuerUnavailable' });
    await provider.start();
    advance(1_000);
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
  });

  it('that hangs is given up in time', async () => {
    await using provider = await startOpenIdProvider();
    const { ask } = authenticatorFor({ issuers: [trusted(provider.issuer)], timeoutMs: 50 });
    const token = await provider.sign();
    provider.hang();
    await expect(ask(token)).rejects.toMatchObject({ name: 'IssuerUnavailable', code: 'TIMEOUT' });
  });
});

describe('a document of an issuer', () => {
  const faulty: [string, (response: ServerResponse, own: string) => void, string][] = [
    ['is missing', (response) => response.writeHead(404).end(), 'HTTP_404'],
    ['is an error', (response) => response.writeHead(503).end(), 'HTTP_503'],
    [
      'is elsewhere',
      (response) => response.writeHead(302, { location: 'https://other.example' }).end(),
      'HTTP_302',
    ],
    ['is no JSON', (response) => response.end('<html>'), 'NOT_JSON'],
    ['is no metadata', (response) => response.end('[]'), 'NO_METADATA'],
    [
      "is another issuer's",
      (response, own) =>
        response.end(JSON.stringify({ issuer: 'https://other.example', jwks_uri: `${own}/keys` })),
      'ISSUER_MISMATCH',
    ],
    [
      'leads to keys over a network without TLS',
      (response, own) => response.end(JSON.stringify({ issuer: own, jwks_uri: 'http://keys.example/' })),
      'NO_METADATA',
    ],
    [
      'is endless',
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
          response.once('drain', more);
        };
        more();
      },
      'TOO_LARGE',
    ],
  ];

  it.each(faulty)('that %s leaves the caller unknown', async (_case, answer, code) => {
    let own = '';
    await using server = await listenLocally(createServer((_request, response) => answer(response, own)));
    own = server.url;
    await using provider = await startOpenIdProvider();
    const { ask } = authenticatorFor({ issuers: [trusted(own)] });
    await expect(ask(await provider.sign({ claims: { iss: own } }))).rejects.toMatchObject({ code });
  });

  it('with no keys leaves the caller unknown', async () => {
    let own = '';
    await using server = await listenLocally(
      createServer((request, response) =>
        response.end(
          JSON.stringify(request.url === '/keys' ? { keys: [] } : { issuer: own, jwks_uri: `${own}/keys` }),
        ),
      ),
    );
    own = server.url;
    await using provider = await startOpenIdProvider();
    const { ask } = authenticatorFor({ issuers: [trusted(own)] });
    await expect(ask(await provider.sign({ claims: { iss: own } }))).rejects.toMatchObject({
      code: 'NO_KEYS',
    });
  });
});
