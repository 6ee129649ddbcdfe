import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { RedisEndpoint, TlsMaterial } from './redis-target.ts';

/** Where to connect, and how TLS is spoken there; undefined: not at all. */
export interface NamedEndpoint extends RedisEndpoint {
  readonly tls: ConnectionOptions | undefined;
}

/** An endpoint with the TLS options of its own host: what several hosts share would name the wrong one. */
export function namedEndpoint({ host, port }: RedisEndpoint, tls: TlsMaterial | null): NamedEndpoint {
  return { host, port, tls: tls === null ? undefined : { ...tlsMaterial(tls), ...serverName(host) } };
}

export function tlsMaterial({ ca, cert, key }: TlsMaterial): ConnectionOptions {
  return { ca: ca ?? undefined, cert: cert ?? undefined, key: key ?? undefined };
}

/**
 * The name that the TLS handshake tells the other side (SNI, RFC 6066), which a router or a server with several certificates
 * goes by. Node sends none unless it is told; an IP address is no such name.
 */
export function serverName(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

/**
 * Reads ioredis's key of a node, `host:port`.
 * @throws Error when it is none
 */
export function endpointOfKey(key: string): RedisEndpoint {
  const [, host, port] = /^(.*):(\d+)$/.exec(key) ?? [];
  if (host === undefined || port === undefined) throw new Error('a node of Redis has no address');
  return { host, port: Number(port) };
}
