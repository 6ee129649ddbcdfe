import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { createAuthority } from './certificates.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startOwnRedis } from './own-redis.ts';

/** A port on which a Redis speaks TLS besides its plain one, and the lines of its configuration that make it. */
interface SecurePort {
  readonly port: number;
  readonly config: readonly string[];
}

/** What makes a Redis, or several, speak TLS with who shows a certificate, and know an ACL user. */
export interface Security {
  readonly listen: () => Promise<SecurePort>;
  /** The line of the configuration that makes the ACL user. */
  readonly aclLine: string;
  /** The start of a URL: `user:password`, of the ACL user. */
  readonly userInfo: string;
  /** What a client of such a Redis needs; PEM. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** The same as a server's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export const aclUser = 'turnkeeper';

/** To be held by `await using`. */
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

/** One such Redis; to be held by `await using`. */
export async function startTlsRedis(aclRules?: string) {
  const security = await createSecurity(aclRules);
  const { redis, port } = await onFreePorts(async () => {
    const { port, config } = await security.listen();
    return { port, redis: await startOwnRedis({ extraConfig: [...config, security.aclLine] }) };
  });
  return {
    /** The same Redis without TLS, as its default user: for looking behind the product's back. */
    redis,
    env: { REDIS_URL: `rediss://${security.userInfo}@localhost:${port}`, ...security.env },
    [Symbol.asyncDispose]: async () => {
      await redis[Symbol.asyncDispose]();
      await security[Symbol.asyncDispose]();
    },
  };
}
