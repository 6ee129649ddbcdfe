import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { startTemporaryRedis } from './bench-redis.ts';
import type { BenchRedis } from './bench-redis.ts';
import { RedisCounters } from './redis-counters.ts';

const masters = 3;
const slots = 16_384;

const looksEveryMs = 20;
const joinTimeoutMs = 60_000;

/** Starts a Cluster of three masters without replicas. */
export async function startBenchCluster(): Promise<BenchRedis> {
  const password = randomBytes(16).toString('hex');
  const nodes: Awaited<ReturnType<typeof startNode>>[] = [];
  const stop = async (): Promise<void> => {
    for (const { client } of nodes) client.disconnect();
    await Promise.allSettled(nodes.map(({ server }) => server[Symbol.asyncDispose]()));
  };
  try {
    for (let index = 0; index < masters; index += 1) nodes.push(await startNode(password));
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const urls = nodes.map(({ server }) => server.url);
  const counters = new RedisCounters(urls);
  return {
    url: urls.join(','),
    counters,
    [Symbol.asyncDispose]: async () => {
      counters.close();
      await stop();
    },
  };
}

async function startNode(password: string) {
  // The default is the port plus 10000, which may be out of range.
  const busPort = await freePort();
  const server = await startTemporaryRedis({
    password,
    appendOnly: false,
    extraConfig: [`masterauth ${password}`, 'cluster-enabled yes', `cluster-port ${busPort}`],
  });
  return { server, busPort, client: new Redis(server.url) };
}

type Node = Awaited<ReturnType<typeof startNode>>;

async function join(nodes: readonly Node[]): Promise<void> {
  for (const [index, { client }] of nodes.entries()) {
    const first = Math.floor((index * slots) / masters);
    const last = Math.floor(((index + 1) * slots) / masters) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  for (const { client } of nodes)
    for (const { server, busPort } of nodes)
      await client.call('CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(busPort));
  const deadline = performance.now() + joinTimeoutMs;
  while (!(await Promise.all(nodes.map(seesAll))).every(Boolean)) {
    if (performance.now() > deadline) throw new Error('The Cluster of the bench has not formed.');
    await setTimeout(looksEveryMs);
  }
}

async function seesAll({ client }: Node): Promise<boolean> {
  const info = await client.cluster('INFO');
  return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${slots}`);
}
