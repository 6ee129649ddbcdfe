import { TurnkeeperError } from '../../domain/errors.ts';
import { Cancellation } from '../../orchestrator/cancellation.ts';
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
  readonly loss: Cancellation;
  readonly stop: () => void;
  /** Cancels, unless it is stopped already. */
  readonly lose: (reason: TurnkeeperError) => void;
}

interface ExtendOptions {
  readonly times: LeaseTimes;
  readonly extend: () => Promise<Extension>;
  readonly onLost: (reason: TurnkeeperError) => void;
  readonly onExtended: () => void;
}

/**
 * Extends a lease by a timer, a third of its life after each success. When that fails it cancels a tenth of the lease's
 * life before the lease runs out, because a holder must not rely on a lease that has expired. redlock's own `using`
 * aborts 0.2 s after the expiry, and retries without a delay.
 */
export function extendInTime({ times, extend, onLost, onExtended }: ExtendOptions): LeaseWatch {
  const { clock, ttlMs } = times;
  const loss = new Cancellation();
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
    loss.cancel(reason);
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
  let validUntil = times.takenAt + ttlMs;
  /**
   * A turn is mostly over before its lease is due, so the deadline is timed no sooner than the first request to extend.
   */
  const timeDeadline = (): void => {
    const expire = (): void => {
      // Past the expiry, this process was paused, and another may hold the lease by now.
      if (clock.now() < validUntil) loseUnreachable();
      else loseToAnother();
    };
    const leftMs = validUntil - clock.now() - ttlMs / 10;
    if (leftMs <= 0) expire();
    else cancelDeadline = clock.after(leftMs, expire);
  };
  const attempt = async (): Promise<void> => {
    const asked = clock.now();
    const extension = await extend();
    if (isStopped) return;
    switch (extension) {
      case 'extended':
        cancelDeadline();
        validUntil = asked + ttlMs;
        extendLater();
        onExtended();
        break;
      case 'lost':
        loseToAnother();
        break;
      case 'unreachable':
        cancelNext = clock.after(ttlMs / 10, () => void attempt());
    }
  };
  const extendLater = (): void => {
    const dueInMs = validUntil - clock.now() - (2 * ttlMs) / 3;
    cancelNext = clock.after(Math.max(0, dueInMs), () => {
      // The deadline does not wait for the request: while Redis hangs, its reply would come too late.
      timeDeadline();
      if (!isStopped) void attempt();
    });
  };

  extendLater();
  return { loss, stop, lose };
}
