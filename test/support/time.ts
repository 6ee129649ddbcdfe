/**
 * Time that a busy machine may take on top of a promised time, in milliseconds. A test that uses it makes the wrong
 * behaviour take longer still (a minute, say), so that it can tell the two apart on any machine.
 */
export const roomMs = 10_000;

/**
 * The time that a test's server gives each Redis command, in milliseconds. The product's default fails a call on a machine
 * that is busy with other work, so only tests of a Redis that hangs set a short one.
 */
export const patientCommandMs = 10_000;

/** Measures the duration of work, in milliseconds. */
export async function timeOf(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

const mostAttempts = 50;

/**
 * Measures the shortest duration of work, in milliseconds: it repeats the work until one run is quick, or many were
 * slow. A busy machine delays some runs; a wait in the code delays all of them.
 */
export async function quickestOf(work: () => Promise<unknown>, quickMs: number): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < mostAttempts && quickest >= quickMs; attempt += 1)
    quickest = Math.min(quickest, await timeOf(work()));
  return quickest;
}

/** The whole size in parts of `growthOf`. */
const parts = 16;

/** Growth below this is linear, with room for caches and the garbage collector; that of a quadratic cost is `parts`. */
export const linearGrowth = 5;

/**
 * Measures how the cost of work grows with its size: the cost of the whole size in costs of as many sixteenths of it. A
 * linear cost has a growth of 1 and a quadratic one of 16, on a machine of any speed.
 *
 * @param prepare Returns the work of a size. The preparation itself does not count.
 */
export async function growthOf(prepare: (size: number) => () => unknown, size: number): Promise<number> {
  const part = prepare(Math.ceil(size / parts));
  return (await costBeside(prepare(size), part, linearGrowth * parts)) / parts;
}

/** Measurements of work that is too dear each time, before it counts as that. */
const mostMeasurements = 10;

/** CPU time in milliseconds after which work that is too dear is not measured again. */
const failingMs = 20_000;

/** CPU time in milliseconds that can be measured well. */
const measurableMs = 1;

/**
 * Measures the cost of work in costs of a reference, both on the same machine at the same time: no bound on it depends
 * on the machine. The least cost of each counts, since the compiler and the garbage collector delay some runs; more work
 * in the code delays all of them. Measures again until the work is cheap enough, or was too dear often.
 */
export async function costBeside(
  work: () => unknown,
  reference: () => unknown,
  enough: number,
): Promise<number> {
  const began = process.cpuUsage();
  const [costOfWork, costOfReference] = [leastCost(work), leastCost(reference)];
  await costOfReference();
  let cost = Number.POSITIVE_INFINITY;
  for (let count = 0; count < mostMeasurements && cost >= enough; count += 1) {
    if (count > 0 && cpuSince(began) > failingMs) break;
    cost = (await costOfWork()) / (await costOfReference());
  }
  return cost;
}

/**
 * Returns a function that measures work once more and returns the least cost so far, in milliseconds of this process's
 * CPU time: unlike wall time, it does not depend on other processes. Each worker of vitest is a process and runs one
 * file at a time. Work that ends too soon to be measured is repeated.
 */
function leastCost(work: () => unknown): () => Promise<number> {
  let rounds = 1;
  let least = Number.POSITIVE_INFINITY;
  return async () => {
    for (;;) {
      const began = process.cpuUsage();
      for (let round = 0; round < rounds; round += 1) await work();
      const ms = cpuSince(began);
      // What is too short to be measured may even measure zero.
      if (ms >= measurableMs) return (least = Math.min(least, ms / rounds));
      rounds *= 2;
    }
  };
}

let sampleJson: string | null = null;

/**
 * Measures a fixed piece of work, in milliseconds of CPU time, as a unit for costs that are measured elsewhere or only
 * once: parsing some 10 MB of JSON. It takes about 100 ms on a machine of 2024.
 */
export async function referenceMs(): Promise<number> {
  const json = (sampleJson ??= JSON.stringify(
    Array.from({ length: 150_000 }, (_, index) => ({
      id: index,
      name: `name ${index}`,
      tags: ['a', 'b', index],
    })),
  ));
  const cost = leastCost(() => void JSON.parse(json));
  await cost();
  return cost();
}

function cpuSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const looksEveryMs = 10;

/**
 * Measures how long computing blocks the event loop at a time, in milliseconds of CPU time. The delay that Node
 * measures also contains the time in which other processes had the processor.
 */
export function watchBlocks(): { readonly longestMs: () => number } & Disposable {
  let longest = 0;
  let last = process.cpuUsage();
  const look = (): void => {
    longest = Math.max(longest, cpuSince(last));
    last = process.cpuUsage();
  };
  const timer = setInterval(look, looksEveryMs);
  return {
    longestMs: () => {
      look();
      return longest;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
