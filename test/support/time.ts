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

/** Measures the CPU time of this process, in milliseconds: unlike wall time, it does not depend on other processes. */
export function cpuMs(work: () => void): number {
  const began = process.cpuUsage();
  work();
  return cpuSince(began);
}

/** Measures the CPU time of asynchronous work, in milliseconds. */
export async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  return cpuSince(began);
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
