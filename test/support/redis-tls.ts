import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { createAuthority } from './certificates.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startOwnRedis } from './own-redis.ts';

/** A TLS port of a Redis beside its plain one, and the configuration lines for it. */
interface SecurePort {
  readonly port: number;
  readonly config: readonly string[];
}

/** Configures one or several Redis servers for TLS with client certificates and an ACL user. */
export interface Security {
  readonly listen: () => Promise<SecurePort>;
  /** The configuration line that creates the ACL user. */
  readonly aclLine: string;
  /** The `user:password` of the ACL user, for a URL. */
  readonly userInfo: string;
  /** The PEM texts that a client of such a Redis needs. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** The same as environment variables of a server. */
  readonly env: Readonly<Record<string, string>>;
}

export const aclUser = 'turnkeeper';

/** Creates the certificates and the ACL user; use with `await using`. */
export async function createSecurity(aclRules = '~* &* +@all'): Promise<Security & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-certificates-'));
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, text);
    return path;
  };
  const authority = createAuthority();
  const server = authority.issue(['localhost', '127.0.0.1']);
  const client = authority.issue(['turnkeeper']);
  const ca = await write('ca.pem', authority.cert);
  const cert = await write('client.pem', client.cert);
  const key = await write('client-key.pem', client.key);
  const config = [
    `tls-cert-file ${await write('server.pem', server.cert)}`,
    `tls-key-file ${await write('server-key.pem', server.key)}`,
    `tls-ca-cert-file ${ca}`,
    'tls-auth-clients yes',
    'tls-replication yes',
    'tls-cluster yes',
  ];
  const password = 'secret-of-the-test';
  return {
    listen: async () => {
      const port = await freePort();
      return { port, config: [`tls-port ${port}`, ...config] };
    },
    aclLine: `user ${aclUser} on >${password} ${aclRules}`,
    userInfo: `${aclUser}:${password}`,
    tls: { ca: authority.cert, cert: client.cert, key: client.key },
    env: { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Starts one such Redis; use with `await using`. */
export async function startTlsRedis(aclRules?: string) {
  const security = await createSecurity(aclRules);
  const { redis, port } = await onFreePorts(async () => {
    const { port, config } = await security.listen();
    return { port, redis: await startOwnRedis({ extraConfig: [...config, security.aclLine] }) };
  });
  return {
    /** A connection without TLS, as the default user, to read stored data independently of the product. */
    redis,
    env: { REDIS_URL: `rediss://${security.userInfo}@localhost:${port}`, ...security.env },
    [Symbol.asyncDispose]: async () => {
      await redis[Symbol.asyncDispose]();
      await security[Symbol.asyncDispose]();
    },
  };
}
