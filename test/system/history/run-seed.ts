import { playClient } from './clients.ts';
import { commitsOf } from './commits.ts';
import { monotonicMs } from './monotonic.ts';
import { injectFaults } from './nemesis.ts';
import { planFaults, usualMoods } from './plan.ts';
import { seededRandom } from './random.ts';
import { runOnStage } from './stage.ts';
import type { RunResult, Stage } from './stage.ts';
import { turnAnswer } from './turn-answer.ts';

interface SeedOptions {
  readonly seed: number;
  /** Minimum duration of faults and clients' calls, in milliseconds; the run then awaits the calls in progress. */
  readonly durationMs: number;
  /** Clients go on until there are this many turns, replays and commits. @default 0 */
  readonly leastOfEach?: number;
  /** The program that the servers run. @default this project's source */
  readonly program?: string;
}

const servers = 3;
const clients = 18;
/** One seed in this many has its faults one at a time. */
const sparseEvery = 3;
/** Maximum duration, in milliseconds, of a run that makes no progress: the slowest machine needs less. */
const longestMs = 150_000;
const looksEveryMs = 250;

/** Runs servers, clients and faults from a seed, and checks the history. */
export async function runSeed({
  seed,
  durationMs,
  leastOfEach = 0,
  ...sources
}: SeedOptions): Promise<RunResult> {
  const random = seededRandom(seed);
  return runOnStage({ servers, random, moods: usualMoods, ...sources }, async (stage) => {
    const { redis, fleet, recorder } = stage;
    let isOver = false;
    const planned = planFaults(random.fork('faults'), {
      servers,
      durationMs,
      isSparse: seed % sparseEvery === 0,
    });
    const players = Array.from({ length: clients }, (_nothing, client) =>
      playClient({
        recorder,
        client,
        servers,
        isOver: () => isOver,
        random: random.fork(`client ${client}`),
      }),
    );
    const ending = untilEnough(stage, durationMs, leastOfEach).finally(() => {
      isOver = true;
    });
    const [faults] = await Promise.all([injectFaults({ fleet, redis }, planned), ending, ...players]);
    return faults;
  });
}

/** Waits for enough events: a slow machine makes fewer calls in the same time, and only events prove anything. */
async function untilEnough(stage: Stage, durationMs: number, leastOfEach: number): Promise<void> {
  const began = monotonicMs();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, looksEveryMs));
    const ranMs = monotonicMs() - began;
    if (ranMs > longestMs) return;
    if (ranMs > durationMs && (await leastSoFar(stage)) > leastOfEach) return;
  }
}

async function leastSoFar({ recorder, fleet }: Stage): Promise<number> {
  const turns = recorder.calls.filter(({ request }) => request.op === 'turn');
  const answers = turns.flatMap(({ outcome }) => turnAnswer(outcome) ?? []);
  const replays = answers.filter(({ isReplay }) => isReplay).length;
  const commits = commitsOf({ processes: await fleet.report() }).length;
  return Math.min(answers.length - replays, replays, commits);
}
