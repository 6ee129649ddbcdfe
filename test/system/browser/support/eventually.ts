import { expect } from 'vitest';

/** Timeout for anything on a page, in milliseconds, on a machine that is busy with other tests. */
export const patienceMs = 60_000;

/** Reads a value again and again until the expectation holds. */
export const eventually = <Read>(read: () => Read) =>
  expect.poll(read, { timeout: patienceMs, interval: 20 });
