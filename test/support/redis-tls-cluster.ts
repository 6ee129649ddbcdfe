import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { createAuthority } from './certificates.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startOwnRedis } from './own-redis.ts';
import { rawRedis } from './raw-redis.ts';
import { until } from './until.ts';

interface TlsClusterOptions {
  /** The host names and addresses in the nodes' certificate. */
  readonly certifiedFor: readonly string[];
  /** The host name that the nodes announce; by default they announce their addresses. */
  readonly announced?: string;
}

const slots = 16_384;
const shards = 3;
const password = 'secret-of-the-cluster';

/** Starts one Redis Cluster of three primaries that speak TLS; use with `await using`. */
export async function startTlsCluster({ certifiedFor, announced }: TlsClusterOptions) {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-tls-cluster-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const authority = createAuthority();
  const certificate = authority.issue(certifiedFor);
  const ca = await file('ca.pem', authority.cert);
  const tls = [
    `tls-ca-cert-file ${ca}`,
    `tls-cert-file ${await file('cert.pem', certificate.cert)}`,
    `tls-key-file ${await file('key.pem', certificate.key)}`,
    'tls-auth-clients no',
    'tls-cluster yes',
  ];
  const nodes = await Promise.all(
    Array.from({ length: shards }, () =>
      onFreePorts(async () => {
        const [tlsPort, busPort] = [await freePort(), await freePort()];
        const redis = await startOwnRedis({
          password,
          extraConfig: [
            'cluster-enabled yes',
            `cluster-port ${busPort}`,
            `tls-port ${tlsPort}`,
            ...tls,
            ...(announced === undefined
              ? []
              : [`cluster-announce-hostname ${announced}`, 'cluster-preferred-endpoint-type hostname']),
          ],
        });
        return { redis, tlsPort, busPort };
      }),
    ),
  );
  for (const [index, { redis }] of nodes.entries()) {
    using client = rawRedis(redis.url);
    const [first, next] = [index, index + 1].map((shard) => Math.floor((shard * slots) / shards));
    await client.redis.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String((next ?? slots) - 1));
    for (const { tlsPort, busPort } of nodes)
      await client.redis.call('CLUSTER', 'MEET', '127.0.0.1', String(tlsPort), String(busPort));
  }
  await until(async () => {
    for (const { redis } of nodes) {
      using client = rawRedis(redis.url);
      const isWhole = (await client.redis.cluster('INFO')).includes('cluster_state:ok');
      const names = (await client.redis.cluster('SLOTS')).map(([, , primary]) => primary?.[0]);
      if (!isWhole || names.length !== shards) return false;
      if (names.some((name) => name !== (announced ?? '127.0.0.1'))) return false;
    }
    return true;
  });
  return {
    /** Returns the nodes' URLs under a host name, for REDIS_URL. */
    urls: (host: string): string[] => nodes.map(({ tlsPort }) => `rediss://:${password}@${host}:${tlsPort}`),
    env: { REDIS_TLS_CA_FILE: ca },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map(({ redis }) => redis[Symbol.asyncDispose]()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
