import type { TurnkeeperClientError } from './client-error.ts';

/**
 * Rules for retrying calls that failed for a passing reason: after a random wait, whose bound doubles with every try.
 *
 * @example
 * ```ts
 * const client = createTurnkeeperClient({ url, retry: { attempts: 8, maxDelayMs: 15_000 } });
 * ```
 */
export interface RetryPolicy {
  /**
   * The number of tries in all.
   * @default 7; 3 for the calls of the hooks, whose user waits for each
   * @minimum 1
   */
  readonly attempts: number;
  /**
   * The longest wait before the second try, in milliseconds. It doubles from try to try.
   * @default 500
   */
  readonly baseDelayMs: number;
  /**
   * The bound of that growth, in milliseconds. A server that asks for a longer wait gets it, up to a minute. If it asks
   * for more, the call fails at once, and the error's `retryAfterMs` says when another try makes sense.
   * @default 8000
   */
  readonly maxDelayMs: number;
}

/** A policy whose number of tries depends on who waits, unless the client's options name it. */
export interface ResolvedPolicy extends Omit<RetryPolicy, 'attempts'> {
  readonly attempts: Readonly<Record<'program' | 'person', number>>;
}

/** A program can wait for a server that restarts; a person wants to be told in seconds. */
const defaults: ResolvedPolicy = {
  attempts: { program: 7, person: 3 },
  baseDelayMs: 500,
  maxDelayMs: 8_000,
};

/** @throws RangeError for a policy that allows no try, or a negative wait */
export function retryPolicyOf(given: Partial<RetryPolicy> = {}): ResolvedPolicy {
  const { attempts = 1, baseDelayMs = defaults.baseDelayMs, maxDelayMs = defaults.maxDelayMs } = given;
  // Written so that NaN is refused.
  if (!(attempts >= 1 && baseDelayMs >= 0 && maxDelayMs >= 0) || attempts % 1 > 0)
    throw new RangeError('retry must have a whole number of attempts, 1 or more, and delays of 0 or more.');
  const chosen = given.attempts;
  return {
    attempts: chosen === undefined ? defaults.attempts : { program: chosen, person: chosen },
    baseDelayMs,
    maxDelayMs,
  };
}

/**
 * A try that has failed, and that another one follows.
 *
 * @example
 * ```ts
 * const notice = ({ attempt, delayMs, error }: Retry): string =>
 *   `${error.message} Try ${attempt + 1} follows in ${Math.ceil(delayMs / 1000)} s.`;
 * ```
 */
export interface Retry {
  /** The number of the try that failed, from 1. */
  readonly attempt: number;
  /** The wait before the next try, in milliseconds. */
  readonly delayMs: number;
  /** The failure of that try. */
  readonly error: TurnkeeperClientError;
}

/** Nobody watches a call that only waits for longer than a minute. */
const longestAskedForMs = 60_000;

/** Time and chance, injected so that tests decide them. */
export interface Pacing {
  /** Rejects with the signal's reason as soon as that aborts. */
  readonly sleep: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Returns a number from 0 to 1, as Math.random does. */
  readonly random: () => number;
}

export const realPacing: Pacing = { sleep, random: Math.random };

/**
 * Returns the wait after so many failures in a row, in milliseconds; `null` where the server asks for more than a
 * minute.
 */
export function delayAfter(
  { retryAfterMs = 0 }: TurnkeeperClientError,
  failures: number,
  { policy, pacing }: { readonly policy: ResolvedPolicy; readonly pacing: Pacing },
): number | null {
  if (retryAfterMs > longestAskedForMs) return null;
  // Full jitter, on top of what the server asked for: clients that failed together must not come back together.
  const backoffMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
  return retryAfterMs + pacing.random() * backoffMs;
}

async function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
