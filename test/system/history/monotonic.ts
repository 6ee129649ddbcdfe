/**
 * Milliseconds since the machine started (CLOCK_MONOTONIC): the only time that is comparable between processes and that
 * no jump of a wall clock moves.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
