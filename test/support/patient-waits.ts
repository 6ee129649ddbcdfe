import { expect, vi } from 'vitest';

/**
 * Minimum timeout for a test that waits for something to become true. It only decides how soon a failing test fails:
 * vitest's own limit, a second, is too short for a busy machine to start a process.
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
