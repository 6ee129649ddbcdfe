import { z } from 'zod';
import type { Metric, Sample, Section } from '../measure/contender.ts';
import { quantile } from '../measure/statistics.ts';
import { fanOutSchema } from '../processes/load-spec.ts';
import { memorySchema } from '../processes/server-spec.ts';
import type { ServersUnderLoad } from './server-under-load.ts';
import { startUnderLoad } from './server-under-load.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import { compare } from './bench-case.ts';
import type { BenchCase, CaseSetting } from './bench-case.ts';

const latencyMetrics: readonly Metric[] = [
  { key: 'p50Ms', title: 'p50 ms', digits: 2, isCompared: true },
  { key: 'p99Ms', title: 'p99 ms', digits: 2, isCompared: true },
];

const memoryMetrics: readonly Metric[] = [
  { key: 'heapBytes', title: 'heap bytes a watcher', digits: 0, isCompared: true },
  { key: 'rssBytes', title: 'RSS bytes a watcher', digits: 0, isCompared: false },
];

/** Turns in one measurement of the fan-out. */
const turns = { usual: 20, quick: 3 };

/** The time after which watchers of one server have a committed turn, and the memory that they cost while they wait. */
export const watchFanOut: BenchCase = async (setting) => {
  const { watchers } = setting.options;
  await using redis = await startBenchRedis();
  const env = { MAX_WATCHERS: '100000', MAX_WATCHERS_PER_USER: '100000', MAX_CONNECTIONS: '100000' };
  setting.progress('Watchers over HTTP: setting up');
  await using ours = await startUnderLoad('workflow.turn', [
    { kind: 'ours', redisUrl: redis.url, redisPrefix: 'watch', env },
  ]);
  const watched = `${watchers} watchers`;
  const memory = await compare(setting, {
    title: `Memory of ${watched} on one server`,
    note: 'The heap after a collection of garbage, more than without watchers. RSS moves in pages, and rarely back.',
    contenders: [
      { name: 'all of one conversation', measure: () => memoryOf(ours, watchers, 1) },
      { name: 'a conversation each', measure: () => memoryOf(ours, watchers, watchers) },
    ],
    metrics: memoryMetrics,
  });
  return [memory, await fanOutOf(setting, ours)];
};

/** The caller and the watchers see the same turns, so the rounds have nothing to interleave. */
async function fanOutOf({ options, progress }: CaseSetting, { load }: ServersUnderLoad): Promise<Section> {
  const { watchers, rounds, isQuick } = options;
  const title = `A committed turn at ${watchers} watchers of its conversation`;
  const answered: Sample[] = [];
  const watched: Sample[] = [];
  await load.call('watch', { watchers, conversations: 1 }, z.null());
  for (let round = 0; round <= rounds; round += 1) {
    progress(`${title}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
    const seen: z.infer<typeof fanOutSchema>[] = [];
    for (let turn = 0; turn < (isQuick ? turns.quick : turns.usual); turn += 1)
      seen.push(await load.call('fanOut', null, fanOutSchema));
    if (round === 0) continue;
    answered.push(latenciesOf(seen.map(({ answeredMs }) => answeredMs)));
    watched.push(latenciesOf(seen.flatMap(({ seenMs }) => seenMs)));
  }
  await load.call('unwatch', null, z.null());
  const reference = "the turn's own caller";
  return {
    ...{ title, reference, metrics: latencyMetrics },
    note: 'Time since the turn was sent, over all turns and watchers of a round.',
    rows: [
      { name: reference, samples: answered },
      { name: 'its watchers', samples: watched },
    ],
  };
}

function latenciesOf(times: readonly number[]): Sample {
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

/** Measures the memory that the server holds for each watcher, beyond its memory without them. */
async function memoryOf(
  { servers, load }: ServersUnderLoad,
  watchers: number,
  conversations: number,
): Promise<Sample> {
  const [server] = servers;
  if (server === undefined) throw new RangeError('There is no server.');
  const before = await server.call('memory', null, memorySchema);
  await load.call('watch', { watchers, conversations }, z.null());
  const during = await server.call('memory', null, memorySchema);
  await load.call('unwatch', null, z.null());
  return {
    heapBytes: (during.heapUsed - before.heapUsed) / watchers,
    rssBytes: (during.rss - before.rss) / watchers,
  };
}
