import { startFront } from './front.ts';
import { rawRedis } from '../raw-redis.ts';
import { startReplicatedRedis } from '../replicated-redis.ts';
import { until } from '../until.ts';

/**
 * A primary and its replica at one address, like a managed Redis: after a failover new connections go to the new
 * primary, and old ones stay open to the old one, which is a replica now. Use with `await using`.
 */
export async function startRedisBehindFront() {
  const { primary, replica, ...pair } = await startReplicatedRedis();
  const front = await startFront(primary.url);
  const address = new URL(primary.url);
  address.port = new URL(front.url).port;
  const follow = async (server: { readonly url: string }, other: { readonly port: number } | null) => {
    using client = rawRedis(server.url);
    await client.redis.call('REPLICAOF', ...(other === null ? ['NO', 'ONE'] : ['127.0.0.1', other.port]));
    if (other === null) return;
    await until(async () => (await client.redis.info('replication')).includes('master_link_status:up'));
  };
  /** Makes a replica the primary, and the primary its replica, without cutting a connection. */
  const swap = async (next: typeof primary, old: typeof primary): Promise<void> => {
    await follow(next, null);
    await follow(old, next);
    front.aim(next.url);
  };
  return {
    url: address.href.replace(/\/$/, ''),
    primary,
    replica,
    front,
    failOver: () => swap(replica, primary),
    failBack: () => swap(primary, replica),
    /** Makes the primary refuse writes, without a new primary. */
    demote: () => follow(primary, replica),
    promote: () => follow(primary, null),
    /**
     * Makes the old primary the replica of an address that does not answer: it keeps its connections and gets no
     * messages.
     */
    isolateOldPrimary: async () => {
      using client = rawRedis(primary.url);
      await client.redis.replicaof('127.0.0.1', '1');
    },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await pair[Symbol.asyncDispose]();
    },
  };
}
