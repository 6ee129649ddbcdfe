import { TurnkeeperError } from '../../domain/errors.ts';
import { leaseLost } from '../../orchestrator/failures.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';

/** The outcome of one request to extend a lease. */
export type Extension = 'extended' | 'lost' | 'unreachable';

interface LeaseTimes {
  readonly clock: Clock;
  /** The lease's life, in milliseconds. */
  readonly ttlMs: number;
  /** The time at which the request that won the lease was sent, in milliseconds since the epoch. */
  readonly takenAt: number;
}

interface LeaseWatch {
  readonly signal: AbortSignal;
  readonly stop: () => void;
  /** Aborts the signal, unless it is stopped already. */
  readonly lose: (reason: TurnkeeperError) => void;
}

interface ExtendOptions {
  readonly times: LeaseTimes;
  readonly extend: () => Promise<Extension>;
  readonly onLost: (reason: TurnkeeperError) => void;
  readonly onExtended: () => void;
}

/**
 * Extends a lease by a timer, a third of its life after each success. When that fails it aborts the signal a tenth of the
 * lease's life before the lease runs out, because a holder must not rely on a lease that has expired. redlock's own `using`
 * aborts 0.2 s after the expiry, and retries without a delay.
 */
export function extendInTime({ times, extend, onLost, onExtended }: ExtendOptions): LeaseWatch {
  const { clock, ttlMs } = times;
  const lost = new AbortController();
  let isStopped = false;
  let cancelNext: () => void = () => undefined;
  let cancelDeadline: () => void = () => undefined;

  const stop = (): void => {
    isStopped = true;
    cancelNext();
    cancelDeadline();
  };
  const lose = (reason: TurnkeeperError): void => {
    if (isStopped) return;
    stop();
    onLost(reason);
    lost.abort(reason);
  };
  const loseToAnother = (): void => lose(leaseLost());
  const loseUnreachable = (): void =>
    lose(
      new TurnkeeperError(
        'STATE_STORE_UNAVAILABLE',
        "The state store can't be reached any more. Nothing of this call was stored; send it again.",
        { retryAfterMs: 1_000 },
      ),
    );
  const attempt = async (): Promise<void> => {
    const asked = clock.now();
    const extension = await extend();
    if (isStopped) return;
    switch (extension) {
      case 'extended':
        holdUntil(asked + ttlMs);
        onExtended();
        break;
      case 'lost':
        loseToAnother();
        break;
      case 'unreachable':
        cancelNext = clock.after(ttlMs / 10, () => void attempt());
    }
  };
  /** The deadline does not wait for a request under way: while Redis hangs, its reply would come too late. */
  const holdUntil = (validUntil: number): void => {
    cancelNext();
    cancelDeadline();
    const leftMs = validUntil - clock.now();
    cancelNext = clock.after(Math.max(0, leftMs - (2 * ttlMs) / 3), () => void attempt());
    cancelDeadline = clock.after(Math.max(0, leftMs - ttlMs / 10), () => {
      // If it fires after the expiry, this process was paused, and another may hold the lease by now.
      if (clock.now() < validUntil) loseUnreachable();
      else loseToAnother();
    });
  };

  holdUntil(times.takenAt + ttlMs);
  return { signal: lost.signal, stop, lose };
}
