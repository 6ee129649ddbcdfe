import { isTurnkeeperError } from './client-error.ts';
import type { TurnkeeperClientError } from './client-error.ts';

/**
 * How calls that failed for a passing reason are tried again: after a random wait, whose bound doubles every time.
 *
 * @example
 * ```ts
 * const client = createTurnkeeperClient({ url, retry: { attempts: 8, maxDelayMs: 15_000 } });
 * ```
 */
export interface RetryPolicy {
  /**
   * How often a call is tried in all.
   * @default 7
   * @minimum 1
   */
  readonly attempts: number;
  /**
   * The longest wait before the second try, in milliseconds; it doubles from try to try.
   * @default 500
   */
  readonly baseDelayMs: number;
  /**
   * What that wait never grows beyond, in milliseconds. A server that asks for a longer one gets it, up to a minute: asked
   * for more than that, the call fails at once, and the error's `retryAfterMs` says when it may be worth another try.
   * @default 8000
   */
  readonly maxDelayMs: number;
}

const defaults: RetryPolicy = { attempts: 7, baseDelayMs: 500, maxDelayMs: 8_000 };

/** @throws RangeError where no call could be tried by it */
export function retryPolicyOf(own: Partial<RetryPolicy> = {}): RetryPolicy {
  const {
    attempts = defaults.attempts,
    baseDelayMs = defaults.baseDelayMs,
    maxDelayMs = defaults.maxDelayMs,
  } = own;
  // Written so that NaN is refused.
  if (!(attempts >= 1 && baseDelayMs >= 0 && maxDelayMs >= 0) || attempts % 1 > 0)
    throw new RangeError('retry must have a whole number of attempts, 1 or more, and delays of 0 or more.');
  return { attempts, baseDelayMs, maxDelayMs };
}

/**
 * That a try has failed and another follows.
 *
 * @example
 * ```ts
 * const notice = ({ attempt, delayMs, error }: Retry): string =>
 *   `${error.message} Try ${attempt + 1} follows in ${Math.ceil(delayMs / 1000)} s.`;
 * ```
 */
export interface Retry {
  /** Which try has failed, from 1. */
  readonly attempt: number;
  /** How long the next one is waited with, in milliseconds. */
  readonly delayMs: number;
  /** What that try failed with. */
  readonly error: TurnkeeperClientError;
}

/** Nobody looks at a call that only waits for longer. */
const longestAskedForMs = 60_000;

/** Time and chance, as far as waiting needs them. */
export interface Pacing {
  /** Rejects with the signal's reason as soon as that aborts. */
  readonly sleep: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 to 1, like Math.random. */
  readonly random: () => number;
}

export const realPacing: Pacing = { sleep, random: Math.random };

export interface Retrying {
  readonly policy: RetryPolicy;
  readonly pacing: Pacing;
  readonly signal: AbortSignal | undefined;
  /** Whether what failed for a reason that can pass is tried again. @default always */
  readonly isWorthwhile?: ((error: TurnkeeperClientError) => boolean) | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** Tries again what failed for a reason that can pass, except what was interrupted; throws what the last try threw. */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  retrying: Retrying,
): Promise<Result> {
  const { policy, signal, isWorthwhile = () => true } = retrying;
  for (let tried = 1; ; tried += 1) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isTurnkeeperError(error) || !isRetried(error) || tried >= policy.attempts) throw error;
      if (!isWorthwhile(error)) throw error;
      await pause(error, tried, retrying);
    }
  }
}

/**
 * Waits before the next try, when so many have failed in a row.
 * @throws TurnkeeperClientError the error itself, where the server asked for a longer wait than anybody would wait for
 */
export async function pause(
  error: TurnkeeperClientError,
  failed: number,
  { policy, pacing, signal, onRetry }: Retrying,
): Promise<void> {
  const { retryAfterMs = 0 } = error;
  if (retryAfterMs > longestAskedForMs) throw error;
  // Full jitter, on top of what the server asked for: clients that failed together must not come back together.
  const backoffMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failed - 1));
  const delayMs = retryAfterMs + pacing.random() * backoffMs;
  onRetry?.({ attempt: failed, delayMs, error });
  await pacing.sleep(delayMs, signal);
}

/** Somebody chose to take the place of what was interrupted: whether it is still wanted is for its sender to say. */
function isRetried({ retryable, reason }: TurnkeeperClientError): boolean {
  return retryable && reason !== 'TURN_INTERRUPTED';
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
