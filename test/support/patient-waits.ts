import { expect, vi } from 'vitest';

/**
 * How long a test at least waits for something to become true. It decides only how soon a test fails that fails: vitest's
 * own limit, a second, is less than a busy machine needs to start a process.
 */
const patienceMs = 60_000;

const { waitFor } = vi;
vi.waitFor = (callback, options = {}) => waitFor(callback, patient(options));

const { poll } = expect;
expect.poll = (look, options = {}) => poll(look, { ...options, timeout: atLeast(options.timeout) });

function patient<Options extends { timeout?: number }>(options: number | Options) {
  return typeof options === 'number' ? atLeast(options) : { ...options, timeout: atLeast(options.timeout) };
}

function atLeast(timeoutMs = patienceMs): number {
  return Math.max(timeoutMs, patienceMs);
}
