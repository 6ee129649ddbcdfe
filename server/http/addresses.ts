import { isIPv4 } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../router/failure.ts';
import type { Settings } from '../settings/read-environment.ts';

export type AddressSettings = Pick<Settings, 'host' | 'publicUrl' | 'corsOrigins'>;

interface HostName {
  /** In the form that URLs have: lower case, IPv4 with four parts, IPv6 in brackets. */
  readonly name: string;
  /** With the port, unless that is the scheme's default. */
  readonly withPort: string;
}

/**
 * The hosts that this server is known by, and the pages that may call it (docs/http.md, Hosts and origins). A page of
 * another site can't forge the `Host` or `Origin` header, but it can point its own name at this server (DNS rebinding) and
 * then read every answer, so a request must name a known host. Headers that a proxy's caller chooses (`X-Forwarded-Host`)
 * are ignored.
 */
export class Addresses {
  readonly #names: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #listensEverywhere: boolean;
  /**
   * Host headers that named this server: most requests repeat one of them, and parsing it costs as much as a small
   * call.
   */
  readonly #accepted = new Set<string>();

  constructor({ host, publicUrl, corsOrigins }: AddressSettings) {
    this.#listensEverywhere = ['0.0.0.0', '::'].includes(host);
    const origins = [...corsOrigins, ...(publicUrl === null ? [] : [new URL(publicUrl).origin])];
    this.#origins = new Set(origins);
    const hosts = origins.flatMap((origin) => /^https?:\/\/(.*)$/.exec(origin)?.[1] ?? []);
    this.#names = new Set([bracketed(host), ...hosts].flatMap((each) => readHost(each)?.name ?? []));
  }

  /** Returns the refusal of a request that names a foreign host; null for a host of this server. */
  hostFault(request: IncomingMessage): RequestRefused | null {
    const text = hostHeaderOf(request);
    const isForPath = request.url?.startsWith('/') === true;
    if (text !== null && isForPath && this.#accepted.has(text)) return null;
    const host = hostOf(request);
    if (text === null || host === null)
      return new RequestRefused('BAD_REQUEST', 'The request must have one Host header.');
    const target = targetHostOf(request);
    if (target === null)
      return new RequestRefused('BAD_REQUEST', 'The request must be for a path, or for a host.');
    if ([host, ...target].every(({ name }) => this.#isKnown(name))) {
      // Emptied when full, because anybody can fill it with other spellings of a known host.
      if (this.#accepted.size >= mostAccepted) this.#accepted.clear();
      this.#accepted.add(text);
      return null;
    }
    return new RequestRefused(
      'FORBIDDEN',
      'This server is not known by the host that the request names. Set PUBLIC_URL to the address that it is called ' +
        'by, or call it by the one that it listens on.',
    );
  }

  /** Returns the refusal of a foreign page's call; null for a known page, or when no page calls. */
  originFault(request: IncomingMessage): RequestRefused | null {
    const { origin } = request.headers;
    if (origin === undefined || this.#origins.has(origin)) return null;
    if (isOwnOrigin(origin, hostOf(request))) return null;
    return new RequestRefused(
      'FORBIDDEN',
      'Pages of this origin may not call this server. Name the origin in CORS_ORIGINS, or the address that the server is ' +
        'called by in PUBLIC_URL.',
    );
  }

  #isKnown(name: string): boolean {
    if (isLoopback(name) || this.#names.has(name)) return true;
    // A server behind a container's ports can't know the machine's addresses. Any IP address is safe: rebinding needs a name.
    return this.#listensEverywhere && isAddress(name);
  }
}

/**
 * Returns true if a page is the server's own: its origin has the request's host. Two loopback hosts count as the same, because a
 * development server puts its own into the requests that it hands on; CORS decides whether such a page may read the answer.
 */
function isOwnOrigin(origin: string, host: HostName | null): boolean {
  const scheme = /^(https?:)\/\/([^/]*)$/i.exec(origin);
  const [, protocol = '', rest = ''] = scheme ?? [];
  const page = readHost(rest, protocol);
  if (page === null || host === null) return false;
  if (isLoopback(page.name) && isLoopback(host.name)) return true;
  return page.name === host.name && page.withPort === readHost(host.withPort, protocol)?.withPort;
}

/** Bounds what callers can make this server remember: a server that listens everywhere has many names. */
const mostAccepted = 100;

/** The text of a request's Host header; null if there is none, or more than one. */
function hostHeaderOf({ headers, rawHeaders }: IncomingMessage): string | null {
  let count = 0;
  // Node keeps only the first in `headers`. `headersDistinct` has all, but costs an object per request.
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'host') count += 1;
  return count === 1 ? (headers.host ?? null) : null;
}

/** The host in a request's header; null if there is none, more than one, or an invalid one. */
function hostOf(request: IncomingMessage): HostName | null {
  const text = hostHeaderOf(request);
  return text === null ? null : readHost(text);
}

/**
 * The host in a request's target. A whole URL there takes precedence over the header (RFC 9112, 3.2.2); a path, the usual
 * target, has no host. Returns null for an invalid host.
 */
function targetHostOf({ url = '' }: IncomingMessage): HostName[] | null {
  const [, host] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (host === undefined) return [];
  const target = readHost(host);
  return target === null ? null : [target];
}

const hostPattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{0,5})?$/i;

function readHost(text: string, protocol = 'http:'): HostName | null {
  const url = `${protocol}//${text}`;
  if (!hostPattern.test(text) || !URL.canParse(url)) return null;
  const { hostname, port } = new URL(url);
  // A final dot only marks the name as fully qualified.
  const name = hostname.replace(/\.$/, '');
  return { name, withPort: port === '' ? name : `${name}:${port}` };
}

function isLoopback(name: string): boolean {
  if (name === 'localhost' || name === '[::1]') return true;
  if (isIPv4(name)) return name.startsWith('127.');
  return /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(name);
}

function isAddress(name: string): boolean {
  return isIPv4(name) || name.startsWith('[');
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
