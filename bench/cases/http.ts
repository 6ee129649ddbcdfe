import type { Metric, Section } from '../measure/contender.ts';
import type { Load } from '../measure/drive.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import type { BenchRedis } from '../world/bench-redis.ts';
import { measureStoredSizes } from '../world/stored-sizes.ts';
import { conversationCount } from '../world/workload.ts';
import { compare, disposeOfAll, startAll } from './bench-case.ts';
import type { BenchCase, CaseSetting } from './bench-case.ts';
import { httpLoadMetrics, loadMetrics, sampleOf } from './load-sample.ts';
import { startUnderLoad } from './server-under-load.ts';
import type { ServersUnderLoad } from './server-under-load.ts';

/** The cost of a turn over HTTP, beside that of tRPC on express alone, and beside the least that it could be. */
export const http: BenchCase = async (setting) => {
  setting.progress('A turn over HTTP: setting up');
  await using redis = await startBenchRedis();
  const { url: redisUrl } = redis;
  const sizes = await measureStoredSizes(redisUrl);
  const started = await startAll([
    startUnderLoad('do-nothing mutation, express adapter', [{ kind: 'do-nothing' }]),
    startUnderLoad('ideal turn, node:http', [{ kind: 'ideal-turn', redisUrl, prefix: 'ideal', sizes }]),
    startUnderLoad('workflow.turn', [{ kind: 'ours', redisUrl, redisPrefix: 'ours' }]),
  ]);
  try {
    const sections: Section[] = [];
    for (const clients of [1, 32])
      sections.push(
        await compareUnderLoad(setting, {
          title: 'A turn over HTTP',
          ...{ redis, clients, metrics: httpLoadMetrics },
          contenders: started,
        }),
      );
    return sections;
  } finally {
    await disposeOfAll(started);
  }
};

/** The gain from a second process, on as many cores as there are. */
export const twoProcesses: BenchCase = async (setting) => {
  setting.progress('Server processes: setting up');
  await using redis = await startBenchRedis();
  const { url: redisUrl } = redis;
  const ofTwo = { kind: 'ours', redisUrl, redisPrefix: 'two' } as const;
  const started = await startAll([
    startUnderLoad('one process', [{ kind: 'ours', redisUrl, redisPrefix: 'one' }]),
    startUnderLoad('two processes', [ofTwo, ofTwo]),
  ]);
  try {
    const section = await compareUnderLoad(setting, {
      title: 'Server processes on one Redis',
      note: 'CPU ms is that of all servers. Servers, Redis and the load share the cores of this machine.',
      ...{ redis, clients: 32, metrics: loadMetrics('turns') },
      contenders: started,
    });
    return [section];
  } finally {
    await disposeOfAll(started);
  }
};

interface LoadComparison {
  readonly title: string;
  readonly note?: string;
  readonly redis: BenchRedis;
  readonly clients: number;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly ServersUnderLoad[];
}

async function compareUnderLoad(
  setting: CaseSetting,
  { title, note, redis, clients, metrics, contenders }: LoadComparison,
): Promise<Section> {
  const load: Load = {
    clients,
    conversations: conversationCount,
    until: { ms: 1_000 * setting.options.seconds },
  };
  return await compare(setting, {
    title: `${title}, ${clients === 1 ? '1 client' : `${clients} clients`}`,
    ...(note === undefined ? {} : { note }),
    contenders: contenders.map(({ name, run }) => ({
      name,
      measure: () => sampleOf(redis.counters, () => run(load)),
    })),
    metrics,
  });
}
