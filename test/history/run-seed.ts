import { playClient } from './clients.ts';
import { monotonicMs } from './monotonic.ts';
import { injectFaults } from './nemesis.ts';
import { planFaults, usualMoods } from './plan.ts';
import { seededRandom } from './random.ts';
import { runOnStage } from './stage.ts';
import type { RunResult } from './stage.ts';

interface SeedOptions {
  readonly seed: number;
  /** How long clients ask and faults happen, in milliseconds; what is under way then is waited for. */
  readonly durationMs: number;
  readonly projectDir?: string;
}

const servers = 3;
const clients = 18;
/** One seed in so many has its faults one by one. */
const sparseEvery = 3;

/** Runs servers, clients and faults from a seed, and checks what came of it. */
export async function runSeed({ seed, durationMs, ...sources }: SeedOptions): Promise<RunResult> {
  const random = seededRandom(seed);
  return runOnStage(
    { servers, random, moods: usualMoods, ...sources },
    async ({ redis, fleet, recorder }) => {
      const until = monotonicMs() + durationMs;
      const planned = planFaults(random.fork('faults'), {
        servers,
        durationMs,
        isSparse: seed % sparseEvery === 0,
      });
      const players = Array.from({ length: clients }, (_nothing, client) =>
        playClient({ recorder, client, servers, until, random: random.fork(`client ${client}`) }),
      );
      const [faults] = await Promise.all([injectFaults({ fleet, redis }, planned), ...players]);
      return faults;
    },
  );
}
