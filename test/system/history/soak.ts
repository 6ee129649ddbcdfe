import { inspect, parseArgs } from 'node:util';
import { z } from 'zod';
import { measure } from './measure.ts';
import { reportViolations } from './report-violations.ts';
import { runSeed } from './run-seed.ts';
import { Tally } from './tally.ts';

const usage = 'npm run soak -- [--minutes M | --rounds N] [--seed S] [--round-seconds T]';

const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number);
const optionsSchema = z.object({
  minutes: number.default(5),
  rounds: number.default(Number.POSITIVE_INFINITY),
  seed: number.default(() => Date.now() % 1_000_000),
  'round-seconds': number.default(20),
});

type Options = z.infer<typeof optionsSchema>;

/** Returns `null` if the arguments are not understood. */
function readOptions(): Options | null {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: { minutes: option, rounds: option, seed: option, 'round-seconds': option },
    });
    return optionsSchema.parse(values);
  } catch {
    return null;
  }
}

/** Runs rounds of servers, clients and faults, each from its own seed, each checked before the next begins. */
async function soak({
  minutes,
  rounds,
  seed: firstSeed,
  'round-seconds': roundSeconds,
}: Options): Promise<void> {
  const until = Number.isFinite(rounds) ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  const tally = new Tally();
  let broken = 0;
  print(`first seed ${firstSeed}, rounds of ${roundSeconds} s`);
  for (let round = 0; round < rounds && performance.now() < until; round += 1) {
    const seed = firstSeed + round;
    print(`seed ${seed} begins`);
    try {
      const { history, violations } = await runSeed({ seed, durationMs: roundSeconds * 1000 });
      tally.add(measure(history), violations.length);
      print(`seed ${seed}: ${tally.progress()}`);
      if (violations.length > 0) print(reportViolations(seed, history, violations));
    } catch (error) {
      broken += 1;
      print(`seed ${seed} broke off: ${inspect(error)}`);
    }
  }
  print(tally.table());
  if (broken > 0) print(`rounds that broke off: ${broken}`);
  process.exitCode = tally.violations === 0 && broken === 0 ? 0 : 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const options = readOptions();
if (options === null) {
  print(usage);
  process.exitCode = 2;
} else {
  await soak(options);
}
