import { Cluster } from 'ioredis';
import type { RedisConnection } from './open-redis.ts';

// Two questions about a Redis that answers a PING: does it take what turns write, and does it keep it?

/** The life of a probe's key, in milliseconds. */
export const probeLifeMs = '1000';

/**
 * Returns whether a Redis takes what turns need: a script that writes, sent by its hash. One that answers a PING may be full, read-only,
 * short of replicas, or forbid scripts. Never throws.
 */
export async function takesWrites(redis: RedisConnection, key: string): Promise<boolean> {
  try {
    await redis.probeWrites(key, probeLifeMs);
    return true;
  } catch {
    return false;
  }
}

/**
 * The `maxmemory-policy` by which Redis may evict conversations before their time: any but `noeviction`, since every key
 * has an expiry. Null where it evicts nothing, and where the ACL user may not run INFO. CONFIG would need more rights still.
 */
export async function evictionPolicyOf(connection: RedisConnection): Promise<string | null> {
  const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
  const infos = await Promise.allSettled(servers.map((server) => server.info('memory')));
  const policies = infos.map((info) =>
    info.status === 'fulfilled' ? /^maxmemory_policy:([\w-]+)/m.exec(info.value)?.[1] : undefined,
  );
  return policies.find((policy) => policy !== undefined && policy !== 'noeviction') ?? null;
}

/** Calls `onEvicting` when a connection is made to a Redis that evicts, once for each policy in a row. */
export function watchEvictionPolicy(connection: RedisConnection, onEvicting: (policy: string) => void): void {
  let reported: string | null = null;
  connection.on('ready', () => {
    void evictionPolicyOf(connection).then((policy) => {
      if (policy !== null && policy !== reported) onEvicting(policy);
      reported = policy;
    });
  });
}
