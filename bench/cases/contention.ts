import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { Contender, Metric, Sample } from '../measure/contender.ts';
import { quantile } from '../measure/statistics.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';
import { startBenchRedis } from '../world/bench-redis.ts';
import type { BenchRedis } from '../world/bench-redis.ts';
import { compare } from './bench-case.ts';
import type { BenchCase } from './bench-case.ts';

const latencyMetrics: readonly Metric[] = [
  { key: 'p50Ms', title: 'p50 ms', digits: 3, isCompared: true },
  { key: 'p99Ms', title: 'p99 ms', digits: 3, isCompared: false },
];

const commandMetrics: readonly Metric[] = [
  { key: 'commands', title: 'commands/s', digits: 2, isCompared: false },
];

/** Numbers of clients that want one conversation at once. */
const clientCounts = [2, 16];

/** Long enough for all callers to be in the queue, before commands are counted. */
const untilQueuedMs = 500;

/** The time from one caller of a conversation to the next, and the Redis commands that waiting callers cost. */
export const contention: BenchCase = async (setting) => {
  const ms = 1_000 * setting.options.seconds;
  await using redis = await startBenchRedis();
  setting.progress('Contention: setting up');
  await using child = await startChild('contention-process', { redisUrl: redis.url });
  const handOver = await compare(setting, {
    title: 'Hand-over of one conversation between waiting clients',
    note:
      'From the end of a turn to the next one asking its agent, with what this process computes in between; ' +
      '× is the number of round trips that take as long.',
    contenders: [
      { name: 'a round trip (PING)', measure: () => timesOf(child, 'roundTrips', null) },
      ...clientCounts.map((clients): Contender => ({
        name: `${clients} clients`,
        measure: () => timesOf(child, 'handOvers', { clients, ms }),
      })),
    ],
    metrics: latencyMetrics,
  });
  const waiting = await compare(setting, {
    title: 'Commands that Redis gets while one turn runs and others wait for it',
    note: "Commands within scripts count too; the holder's extension of its lease is among them.",
    contenders: [
      { name: 'nobody waits', measure: () => commandsWhile(redis, child, 0, ms) },
      ...clientCounts.map((clients): Contender => {
        const waiters = clients - 1;
        const name = waiters === 1 ? '1 waits' : `${waiters} wait`;
        return { name, measure: () => commandsWhile(redis, child, waiters, ms) };
      }),
    ],
    metrics: commandMetrics,
  });
  return [handOver, waiting];
};

async function timesOf(child: Child, command: string, input: unknown): Promise<Sample> {
  const times = await child.call(command, input, z.array(z.number()));
  return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

async function commandsWhile(
  { counters }: BenchRedis,
  child: Child,
  waiters: number,
  ms: number,
): Promise<Sample> {
  await child.call('hold', { waiters }, z.null());
  await setTimeout(untilQueuedMs);
  const began = performance.now();
  const { redis } = await counters.during(() => setTimeout(ms));
  const seconds = (performance.now() - began) / 1_000;
  await child.call('letGo', null, z.null());
  return { commands: redis.commands / seconds };
}
