import { Cluster } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';

/**
 * The `maxmemory-policy` by which Redis may evict conversations before their time: all but `noeviction`, since every key has
 * an expiry. Null where it evicts nothing, and where the ACL user may not ask: INFO needs less than CONFIG, but is no must.
 */
export async function evictionPolicyOf(connection: RedisConnection): Promise<string | null> {
  const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
  const infos = await Promise.allSettled(servers.map((server) => server.info('memory')));
  const policies = infos.map((info) =>
    info.status === 'fulfilled' ? /^maxmemory_policy:([\w-]+)/m.exec(info.value)?.[1] : undefined,
  );
  return policies.find((policy) => policy !== undefined && policy !== 'noeviction') ?? null;
}

/** Tells each time that a connection is made whose Redis evicts, once for each policy in a row. */
export function watchEvictionPolicy(connection: RedisConnection, onEvicting: (policy: string) => void): void {
  let told: string | null = null;
  connection.on('ready', () => {
    void evictionPolicyOf(connection).then((policy) => {
      if (policy !== null && policy !== told) onEvicting(policy);
      told = policy;
    });
  });
}
