import type { Redis } from 'ioredis';
import { keysUnder } from '../../support/raw-redis.ts';
import { monotonicMs } from './monotonic.ts';

const quietForMs = 300;
const looksEveryMs = 20;

/**
 * Waits until no lease has been held, or kept for a caller, for a while: no call is left. Resolves with the locks that
 * are still there at the end of the maximum wait.
 */
export async function untilQuiet(redis: Redis, prefix: string, atMostMs: number): Promise<readonly string[]> {
  const began = monotonicMs();
  let since = began;
  while (monotonicMs() - since < quietForMs) {
    const locks = (await keysUnder(redis, prefix)).filter((key) => key.endsWith(':lock'));
    if (locks.length > 0) {
      since = monotonicMs();
      if (since - began > atMostMs) return locks;
    }
    await new Promise((resolve) => setTimeout(resolve, looksEveryMs));
  }
  return [];
}
