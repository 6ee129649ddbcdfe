import { startBenchRedis } from '../world/bench-redis.ts';
import { startBenchCluster } from '../world/redis-cluster.ts';
import type { BenchCase } from './bench-case.ts';
import { compareSubjects } from './compare-subjects.ts';
import { clusterLoadMetrics, loadMetrics } from './load-sample.ts';

/** The cost of writing turns to the disk. */
export const persistence: BenchCase = async (setting) => {
  await using none = await startBenchRedis('none');
  await using everysec = await startBenchRedis('everysec');
  await using always = await startBenchRedis('always');
  return await compareSubjects(setting, {
    title: 'A turn by how Redis persists',
    contenders: [
      { name: 'no file', kind: 'turn', redis: none },
      { name: 'appendfsync everysec', kind: 'turn', redis: everysec },
      { name: 'appendfsync always', kind: 'turn', redis: always },
    ],
    metrics: loadMetrics('turns'),
  });
};

/** The cost of a Cluster, and the spread of the work over its masters. */
export const cluster: BenchCase = async (setting) => {
  await using one = await startBenchRedis();
  await using three = await startBenchCluster();
  return await compareSubjects(setting, {
    title: 'A turn on one Redis and on a Cluster of three masters',
    note:
      'Redis CPU is that of all masters. The busiest one bounds what a Cluster can do where cores are not short: ' +
      '1000 / its CPU ms is the turns a second.',
    contenders: [
      { name: 'one Redis', kind: 'turn', redis: one },
      { name: 'Cluster of three', kind: 'turn', redis: three },
    ],
    metrics: clusterLoadMetrics,
    clients: [32],
  });
};
