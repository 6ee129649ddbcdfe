import { describeRedisError } from './describe-redis-error.ts';
import { openServer } from './open-redis.ts';
import type { ClusterTarget, RedisEndpoint } from './redis-target.ts';

/** Asks the listed nodes of a cluster that can't be used why it can't; nodes with the same reason are told of together. */
export async function diagnoseCluster(target: ClusterTarget, commandTimeoutMs: number): Promise<string> {
  const nodesByReason = new Map<string, Set<string>>();
  await Promise.all(
    target.nodes.map(async (node) => {
      const reason = await diagnoseNode(node, target, commandTimeoutMs);
      const nodes = nodesByReason.get(reason) ?? new Set();
      nodesByReason.set(reason, nodes.add(`${node.host}:${node.port}`));
    }),
  );
  return [...nodesByReason]
    .map(([reason, nodes]) => `${[...nodes].sort().join(', ')}: ${reason}`)
    .sort()
    .join('; ');
}

async function diagnoseNode(
  endpoint: RedisEndpoint,
  { credentials, tls }: ClusterTarget,
  commandTimeoutMs: number,
): Promise<string> {
  const target = { kind: 'standalone', endpoint, credentials, db: 0, tls } as const;
  const node = openServer(target, commandTimeoutMs, { lazyConnect: true, retryStrategy: () => null });
  const errors: unknown[] = [];
  node.on('error', (error: unknown) => errors.push(error));
  try {
    await node.connect();
    const info = await node.cluster('INFO');
    await node.cluster('SLOTS');
    return info.includes('cluster_state:ok')
      ? 'it answers, but no node that it names can be reached'
      : 'the cluster misses a part of its slots (cluster_state is not ok)';
  } catch (error) {
    // The first one says more than what follows from it.
    return describeRedisError(errors[0] ?? error);
  } finally {
    node.disconnect();
  }
}
