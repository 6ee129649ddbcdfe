import type { Metric, Sample } from '../measure/contender.ts';
import type { Run } from '../measure/drive.ts';
import type { RedisCounters } from '../world/redis-counters.ts';

const perSecond = (operation: string): Metric => ({
  key: 'perSecond',
  title: `${operation}/s`,
  digits: 0,
  isCompared: true,
});
const p99Ms: Metric = { key: 'p99Ms', title: 'p99 ms', digits: 2, isCompared: false };
const cpuMs: Metric = { key: 'cpuMs', title: 'CPU ms', digits: 3, isCompared: true };
const redisCpuMs: Metric = { key: 'redisCpuMs', title: 'Redis CPU ms', digits: 3, isCompared: true };
const scripts: Metric = { key: 'scripts', title: 'scripts', digits: 2, isCompared: false };
const busiestCpuMs: Metric = {
  key: 'busiestCpuMs',
  title: 'busiest Redis CPU ms',
  digits: 3,
  isCompared: true,
};

/** The columns of a load: everything but the rate is for one operation. */
export const loadMetrics = (operation: string): readonly Metric[] => [
  perSecond(operation),
  p99Ms,
  cpuMs,
  redisCpuMs,
  scripts,
];

/** The same where the reference needs no Redis, so that there is nothing to compare with. */
export const httpLoadMetrics: readonly Metric[] = loadMetrics('turns').map((metric) =>
  metric === redisCpuMs ? { ...metric, isCompared: false } : metric,
);

export const clusterLoadMetrics: readonly Metric[] = [...loadMetrics('turns'), busiestCpuMs];

/** Runs a load and looks what it cost Redis. */
export async function sampleOf(counters: RedisCounters, run: () => Promise<Run>): Promise<Sample> {
  const { result, redis } = await counters.during(run);
  const { operations, elapsedMs } = result;
  return {
    perSecond: (operations / elapsedMs) * 1_000,
    p99Ms: result.p99Ms,
    cpuMs: result.cpuMs / operations,
    redisCpuMs: redis.cpuMs / operations,
    busiestCpuMs: redis.busiestCpuMs / operations,
    scripts: redis.scripts / operations,
  };
}
