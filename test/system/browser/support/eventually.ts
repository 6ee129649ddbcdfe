import { expect } from 'vitest';

/** How long anything on a page may take, on a machine that is busy with other tests. */
export const patienceMs = 60_000;

/** Expects something of what is read again and again, until it holds. */
export const eventually = <Read>(read: () => Read) =>
  expect.poll(read, { timeout: patienceMs, interval: 20 });
