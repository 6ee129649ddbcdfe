import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { Configuration, JWK as ProviderJwk } from 'oidc-provider';
import { z } from 'zod';

/** The API that access tokens are made for. */
export const audience = 'https://turnkeeper.example/api';

/** Programs that sign in with a secret, and the claims of their tokens. */
const programs: Readonly<Record<string, { tid: string; roles: string[] }>> = {
  importer: { tid: 'contoso', roles: ['service'] },
  outsider: { tid: 'fabrikam', roles: ['user'] },
};
const secret = 'a secret of a program in a test';

interface ProviderOptions {
  /** @default 300 */
  readonly accessTokenSeconds?: number;
}

/** The keys of providers that are gone: to make one takes a tenth of a second, and only those at the same time must differ. */
const unusedKeys: SigningKey[] = [];

/**
 * A real OpenID provider on loopback, with its private keys at hand, so that a test can sign tokens that the provider
 * would not; use with `await using`.
 */
export async function startOpenIdProvider({ accessTokenSeconds = 300 }: ProviderOptions = {}) {
  let pageUrl: string | null = null;
  const firstKey = unusedKeys.pop() ?? (await newSigningKey());
  let keys = [firstKey];
  let server: Server | null = null;
  let listener = withoutAnswer;
  let port = 0;
  const requests: string[] = [];
  const begin = async (): Promise<void> => {
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      listener(request, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an AddressInfo.
    port = (server.address() as AddressInfo).port;
    renew();
  };
  const renew = (): void => {
    listener = providerListener(issuer(), { keys, pageUrl, accessTokenSeconds });
  };
  const issuer = (): string => `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    const stopping = server;
    server = null;
    if (stopping === null) return;
    stopping.close();
    stopping.closeAllConnections();
    await once(stopping, 'close');
  };
  await begin();
  return {
    issuer: issuer(),
    /** The paths that were asked for, oldest first. */
    requests,
    /** The provider's newest private key. */
    key: (): SigningKey => newest(keys),
    stop,
    /** Starts again after `stop`, at the same address. */
    start: begin,
    /** Every request waits for ever. */
    hang: (): void => {
      listener = withoutAnswer;
    },
    /** The provider signs with a new key, and no longer shows the old one. */
    rotate: async (): Promise<void> => {
      keys = [await newSigningKey()];
      renew();
    },
    /** Lets people sign in to a page with this address, as the client `page`. */
    registerPage: (url: string): void => {
      pageUrl = url;
      renew();
    },
    /** Returns the access token of a program, as the provider itself issues it. */
    tokenOf: async (program: keyof typeof programs): Promise<string> => {
      const response = await fetch(`${issuer()}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${program}:${encodeURIComponent(secret)}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
      });
      return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
    },
    /** Signs an access token of a user, changed in any way: a claim of `undefined` is left out. */
    sign: (changes: TokenChanges = {}): Promise<string> => signToken(issuer(), newest(keys), changes),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await stop();
      unusedKeys.push(firstKey);
    },
  };
}

export interface SigningKey {
  readonly kid: string;
  readonly jwk: JWK;
}

interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: SigningKey;
}

async function signToken(
  issuer: string,
  own: SigningKey,
  { claims, header, key = own }: TokenChanges,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: issuer,
    aud: audience,
    sub: 'dana',
    tid: 'contoso',
    iat: now,
    exp: now + 300,
    ...claims,
  };
  const signer = new SignJWT(payload);
  signer.setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'at+jwt', ...header });
  // A header that is critical must be known to who signs, too.
  return signer.sign(await importJWK(key.jwk, 'RS256'), { crit: { urgent: true } });
}

export async function newSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(6).toString('hex');
  return { kid, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } };
}

function newest(keys: readonly SigningKey[]): SigningKey {
  const key = keys.at(-1);
  if (key === undefined) throw new Error('the provider has no key');
  return key;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const withoutAnswer: Listener = () => undefined;

interface Served {
  readonly keys: readonly SigningKey[];
  readonly pageUrl: string | null;
  readonly accessTokenSeconds: number;
}

function providerListener(issuer: string, served: Served): Listener {
  const provider = new Provider(issuer, configurationOf(served));
  const listen = provider.callback();
  return (request, response) => {
    const [, uid] = /^\/sign-in\/([\w-]+)$/.exec(request.url ?? '') ?? [];
    if (uid === undefined) void listen(request, response);
    else void signIn(provider, request, response);
  };
}

/** The provider's own page: asks for a name, and believes it. */
async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'consent') {
    const grant = new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: String(params['client_id']),
    });
    grant.addOIDCScope('openid profile offline_access');
    grant.addResourceScope(audience, 'chat');
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
    return;
  }
  if (request.method === 'POST') {
    const accountId = new URLSearchParams(await text(request)).get('name') ?? '';
    await provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  response.setHeader('content-type', 'text/html');
  response.end(
    '<!doctype html><html lang="en"><title>Provider</title><form method="post"><label>Name <input name="name"></label>' +
      '<button>Continue</button></form></html>',
  );
}

function configurationOf({ keys, pageUrl, accessTokenSeconds }: Served): Configuration {
  const page = {
    client_id: 'page',
    token_endpoint_auth_method: 'none' as const,
    application_type: 'native' as const,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    redirect_uris: [pageUrl ?? ''],
    post_logout_redirect_uris: [pageUrl ?? ''],
  };
  return {
    clients: [
      ...Object.keys(programs).map((client_id) => ({
        client_id,
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      ...(pageUrl === null ? [] : [page]),
    ],
    // The types name each key type's own members.
    jwks: { keys: keys.map(({ jwk }) => jwk as ProviderJwk) },
    cookies: { keys: ['a key for cookies in a test'] },
    clientBasedCORS: () => true,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} of Contoso` }),
    }),
    claims: { profile: ['name'] },
    conformIdTokenClaims: false,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    extraTokenClaims: (_context, token) =>
      'clientId' in token && token.clientId !== undefined && token.clientId in programs
        ? programs[token.clientId]
        : { tid: 'contoso', roles: ['user'] },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: 300,
      RefreshToken: 3600,
      Grant: 3600,
      Session: 3600,
      Interaction: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'chat',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = `<!doctype html><html lang="en"><title>Sign out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button></html>`;
        },
      },
    },
  };
}
