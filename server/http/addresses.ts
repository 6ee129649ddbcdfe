import { isIPv4 } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { RequestRefused } from '../router/failure.ts';
import { refuse } from './refuse.ts';

export interface AddressOptions {
  /** What the server listens on. */
  readonly host: string;
  /** The server's address for browsers and clients; null where that is its host. */
  readonly publicUrl: string | null;
  /** Origins of other pages that may call the API. */
  readonly corsOrigins: readonly string[];
}

interface HostName {
  /** As URLs write it: lower case, IPv4 with four parts, IPv6 in brackets. */
  readonly name: string;
  /** With the port, unless it is the scheme's usual one. */
  readonly withPort: string;
}

/**
 * The addresses that the server is called by, and the pages that may call it. A page of another site can't forge either
 * header, but it can have its own name point here (DNS rebinding), and then reads every answer: so a request must name a
 * host that this server is known by. Names that others choose (`X-Forwarded-Host`) are not looked at.
 */
export class Addresses {
  readonly #names: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #listensEverywhere: boolean;

  constructor({ host, publicUrl, corsOrigins }: AddressOptions) {
    this.#listensEverywhere = ['0.0.0.0', '::'].includes(host);
    const origins = [...corsOrigins, ...(publicUrl === null ? [] : [new URL(publicUrl).origin])];
    this.#origins = new Set(origins);
    const hosts = origins.flatMap((origin) => /^https?:\/\/(.*)$/.exec(origin)?.[1] ?? []);
    this.#names = new Set([bracketed(host), ...hosts].flatMap((each) => readHost(each)?.name ?? []));
  }

  /** Why a request is refused for the host that it names; null where that is one of this server's. */
  hostFault(request: IncomingMessage): RequestRefused | null {
    const host = hostOf(request);
    if (host === null) return new RequestRefused('BAD_REQUEST', 'The request must have one Host header.');
    const target = targetHostOf(request);
    if (target === null)
      return new RequestRefused('BAD_REQUEST', 'The request must be for a path, or for a host.');
    if ([host, ...target].every(({ name }) => this.#isKnown(name))) return null;
    return new RequestRefused(
      'FORBIDDEN',
      'This server is not known by the host that the request names. Set PUBLIC_URL to the address that it is called ' +
        'by, or call it by the one that it listens on.',
    );
  }

  /** Why a page may not call the API; null where it may, or no page calls. */
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
    // Which of the machine's addresses it is can't be told, through a container's ports above all; no name can be rebound to
    // look like one of them.
    return this.#listensEverywhere && isAddress(name);
  }
}

/**
 * Whether a page is the server's own: the origin's host is the request's. A development server that hands requests on puts
 * another loopback host in, so pages on loopback names count as its own, too; CORS decides whether they may read the answer.
 */
function isOwnOrigin(origin: string, host: HostName | null): boolean {
  const scheme = /^(https?:)\/\/([^/]*)$/i.exec(origin);
  const [, protocol = '', rest = ''] = scheme ?? [];
  const page = readHost(rest, protocol);
  if (page === null || host === null) return false;
  if (isLoopback(page.name) && isLoopback(host.name)) return true;
  return page.name === host.name && page.withPort === readHost(host.withPort, protocol)?.withPort;
}

/** The host that a request names; null where it names none, several, or what is none. */
function hostOf({ headersDistinct }: IncomingMessage): HostName | null {
  const [host, ...others] = headersDistinct['host'] ?? [];
  return host === undefined || others.length > 0 ? null : readHost(host);
}

/**
 * The host of a request for a whole URL, which counts more than the header then (RFC 9112, 3.2.2); none for a path, as clients
 * send it. Null for one that is none.
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
  // A dot at the end only says that the name is whole.
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

/** Refuses requests for other hosts, on every path. */
export function requireKnownHost(addresses: Addresses, apiPath: string): RequestHandler {
  return (request, response, next) => {
    const fault = addresses.hostFault(request);
    if (fault === null) next();
    else if (request.path === apiPath || request.path.startsWith(`${apiPath}/`)) refuse(response, fault);
    else response.status(fault.httpStatus).json({ error: fault.message });
  };
}

/** Refuses calls from pages that may not make them. */
export function requireKnownOrigin(addresses: Addresses): RequestHandler {
  return (request, response, next) => {
    const fault = addresses.originFault(request);
    if (fault === null) next();
    else refuse(response, fault);
  };
}
