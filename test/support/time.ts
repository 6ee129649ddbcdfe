/**
 * What a busy machine may take on top of a time that is promised. A test that uses it makes what it guards against take
 * longer still, a minute, say: so it tells the two apart on any machine.
 */
export const roomMs = 10_000;

/** How long it takes, in milliseconds. */
export async function timeOf(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

const mostAttempts = 50;

/**
 * The shortest time that work takes, in milliseconds: it is tried until one run is quick, or many were slow. A busy machine
 * delays some runs; what waits for something delays all of them.
 */
export async function quickestOf(work: () => Promise<unknown>, quickMs: number): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < mostAttempts && quickest >= quickMs; attempt += 1)
    quickest = Math.min(quickest, await timeOf(work()));
  return quickest;
}

/** How long this process computes, in milliseconds: unlike the time on the wall, it is not what others leave of the machine. */
export function cpuMs(work: () => void): number {
  const began = process.cpuUsage();
  work();
  return cpuSince(began);
}

/** The same of work that waits now and then. */
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
 * Watches how long the event loop is kept busy at a time, in milliseconds of computing. The delay that Node measures has in it
 * how long other processes had the processor.
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
