import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAuthority } from '../../../../support/certificates.ts';

/** An application's request for a token. */
interface TokenRequest {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** Answers one request for a token, or leaves it unanswered. */
type Answer = (response: ServerResponse, request: TokenRequest) => unknown;

export interface FakeEntra extends AsyncDisposable {
  readonly url: string;
  /** The built-in fetch, which trusts this server's certificate and can reach no other host. */
  readonly fetch: typeof globalThis.fetch;
  /** The certificate to trust, as PEM. */
  readonly certificate: string;
  readonly tokenRequests: readonly TokenRequest[];
  /** Sets the answers to the next requests for a token; later requests get a new token. */
  readonly willAnswer: (...answers: Answer[]) => void;
  /** Lifetime of the tokens issued from now on, in seconds. */
  expiresInSeconds: number;
}

/** Starts Microsoft Entra ID's token endpoint on a loopback port, with TLS, because msal-node requires it. */
export async function startFakeEntra(): Promise<FakeEntra> {
  const authority = createAuthority();
  const tokenRequests: TokenRequest[] = [];
  const answers: Answer[] = [];
  let issued = 0;
  const server = createServer(authority.issue(['localhost', '127.0.0.1']));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;

  const entra: FakeEntra = {
    url,
    fetch: await fetchTrusting(authority.cert, url),
    certificate: authority.cert,
    tokenRequests,
    willAnswer: (...more) => void answers.push(...more),
    expiresInSeconds: 3_600,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  const issue: Answer = (response) => {
    issued += 1;
    sendJson(response, 200, {
      token_type: 'Bearer',
      expires_in: entra.expiresInSeconds,
      access_token: `token-${issued}`,
    });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', url);
    const [, tenant = '', ...rest] = pathname.split('/');
    const endpoint = rest.join('/');
    if (endpoint === 'v2.0/.well-known/openid-configuration') {
      sendJson(response, 200, {
        issuer: `${url}/${tenant}/v2.0`,
        token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
        authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
        jwks_uri: `${url}/${tenant}/discovery/v2.0/keys`,
      });
      return;
    }
    if (endpoint !== 'oauth2/v2.0/token') {
      sendJson(response, 404, {});
      return;
    }
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const asked = { path: pathname, form };
    tokenRequests.push(asked);
    await (answers.shift() ?? issue)(response, asked);
  };
  server.on('request', (request, response) => void answer(request, response));
  return entra;
}

/** Answers with a refusal in Entra's form. */
export function refusal(
  status: number,
  error: string,
  { number = 0, headers = {} }: { number?: number; headers?: Record<string, string> } = {},
): Answer {
  return (response, { form }) =>
    sendJson(
      response,
      status,
      {
        error,
        // The text quotes what was sent: none of it may get any further.
        error_description: `AADSTS${number}: ${JSON.stringify(form)}`,
        error_codes: [number],
        correlation_id: 'f0f0f0f0-0000-0000-0000-000000000000',
      },
      headers,
    );
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/**
 * Returns a fetch that trusts this certificate. Node reads additional authorities only when a process starts
 * (`NODE_EXTRA_CA_CERTS`), but its fetch accepts another dispatcher, of its own dispatcher's class, which exists once
 * fetch was used.
 */
async function fetchTrusting(ca: string, origin: string): Promise<typeof globalThis.fetch> {
  await fetch('data:,');
  // Since Node 26 the first of these names is only a wrapper; before Node 24 there is no second.
  const [current] = ['undici.globalDispatcher.2', 'undici.globalDispatcher.1']
    .map((name): unknown => Reflect.get(globalThis, Symbol.for(name)))
    .filter((known) => known !== undefined);
  if (typeof current !== 'object' || current === null) throw new Error('fetch has no dispatcher');
  const Agent = current.constructor as new (options: object) => NonNullable<RequestInit['dispatcher']>;
  const dispatcher = new Agent({ connect: { ca } });
  return async (input, init) => {
    const target = new URL(input instanceof Request ? input.url : input);
    if (target.origin !== origin) throw new Error(`a request left for ${target.origin}`);
    return fetch(input, { ...init, dispatcher });
  };
}
