import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { onFreePorts } from './on-free-ports.ts';
import { startOwnRedis } from './own-redis.ts';
import type { Security } from './redis-tls.ts';
import { until } from './until.ts';

type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;

/** One process of a cluster, and a plain connection to it. */
export interface ClusterNode {
  readonly redis: OwnRedis;
  /** The port for clients and replicas: the TLS port, if there is one. */
  readonly servicePort: number;
  readonly busPort: number;
  readonly client: Redis;
}

const shards = 3;
const slots = 16_384;

const nodeTimeoutMs = 1_000;

interface ClusterOptions {
  /** @default none: neither TLS nor an ACL user */
  readonly security?: Security;
}

/** Starts one Redis Cluster of three primaries with a replica each; use with `await using`. */
export async function startRedisCluster({ security }: ClusterOptions = {}) {
  const password = randomBytes(16).toString('hex');
  const nodes = await Promise.all(
    Array.from({ length: 2 * shards }, () => onFreePorts(() => startNode(password, security))),
  );
  const stop = async (): Promise<void> => {
    for (const { client } of nodes) client.disconnect();
    await Promise.all(nodes.map(({ redis }) => redis[Symbol.asyncDispose]()));
  };
  try {
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    /** The value of REDIS_URL. */
    url: nodes
      .map(({ redis, servicePort }) =>
        security === undefined ? redis.url : `rediss://${security.userInfo}@127.0.0.1:${servicePort}`,
      )
      .join(','),
    nodes,
    /** Returns the primary of a key's slot, as the other nodes see it. */
    async primaryOf(key: string): Promise<ClusterNode> {
      const witness = nodes.find(({ client }) => client.status === 'ready');
      if (witness === undefined) throw new Error('no node of the cluster answers');
      const slot = await witness.client.cluster('KEYSLOT', key);
      const ranges = await witness.client.cluster('SLOTS');
      const owner = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2];
      const node = nodes.find(({ redis }) => redis.port === owner?.[1]);
      if (node === undefined) throw new Error(`no node has the slot of ${key}`);
      return node;
    },
    /** Resolves once every primary has its replica again. */
    isWhole: () => everyone(nodes, seesAll),
    [Symbol.asyncDispose]: stop,
  };
}

async function startNode(password: string, security: Security | undefined): Promise<ClusterNode> {
  const busPort = await freePort();
  const secure = await security?.listen();
  const redis = await startOwnRedis({
    password,
    extraConfig: [
      `masterauth ${password}`,
      'cluster-enabled yes',
      // The default is the port plus 10000, which may be out of range.
      `cluster-port ${busPort}`,
      `cluster-node-timeout ${nodeTimeoutMs}`,
      'repl-diskless-sync-delay 0',
      // Clients learn of a replica only after something was replicated to it; by default the first ping takes 10 s.
      'repl-ping-replica-period 1',
      ...(secure?.config ?? []),
      ...(security === undefined ? [] : [security.aclLine]),
    ],
  });
  const client = new Redis(redis.url, {
    retryStrategy: () => 100,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
  });
  client.on('error', () => undefined);
  return { redis, servicePort: secure?.port ?? redis.port, busPort, client };
}

async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const primaries = nodes.slice(0, shards);
  await Promise.all(
    primaries.map(async ({ client }, index) => {
      const first = Math.floor((index * slots) / shards);
      const last = Math.floor(((index + 1) * slots) / shards) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
    }),
  );
  await Promise.all(
    nodes.map(async ({ client }, index) => {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      // Every node meets every other one: gossip alone would take a while.
      for (const { servicePort, busPort } of nodes)
        await client.call('CLUSTER', 'MEET', '127.0.0.1', String(servicePort), String(busPort));
    }),
  );
  await everyone(nodes, async ({ client }) =>
    (await client.cluster('INFO')).includes(`cluster_known_nodes:${nodes.length}`),
  );
  const ids = await Promise.all(primaries.map(({ client }) => client.call('CLUSTER', 'MYID')));
  await Promise.all(
    nodes.slice(shards).map(({ client }, index) => client.call('CLUSTER', 'REPLICATE', String(ids[index]))),
  );
  await everyone(nodes.slice(shards), async ({ client }) =>
    (await client.info('replication')).includes('master_link_status:up'),
  );
  await everyone(nodes, seesAll);
}

async function seesAll({ client }: ClusterNode): Promise<boolean> {
  const ranges = await client.cluster('SLOTS');
  // A range holds its first and last slot, the primary, and the replica.
  const isWhole = ranges.length === shards && ranges.every((range) => range.length === 4);
  return isWhole && (await client.cluster('INFO')).includes('cluster_state:ok');
}

async function everyone(
  nodes: readonly ClusterNode[],
  holds: (node: ClusterNode) => Promise<boolean>,
): Promise<void> {
  await until(async () => (await Promise.all(nodes.map(holds))).every(Boolean));
}
