import { TurnkeeperError } from '../domain/errors.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';

/** What came of one request to extend a lease. */
export type Extension = 'extended' | 'lost' | 'unreachable';

interface LeaseTimes {
  readonly clock: Clock;
  /** The lease's life, in milliseconds. */
  readonly ttlMs: number;
  /** When the request that won the lease was sent, in milliseconds since the epoch. */
  readonly takenAt: number;
}

interface LeaseWatch {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

interface ExtendOptions {
  readonly times: LeaseTimes;
  readonly extend: () => Promise<Extension>;
  readonly onLost: (reason: TurnkeeperError) => void;
  readonly onExtended: () => void;
}

/**
 * Extends a lease by a timer, a third of its life after each success, and aborts the signal while it is still valid
 * when that can't be done: a holder must not go on believing in a lease that has run out. redlock's own `using` aborts
 * 0.2 s after the expiry, and retries without a delay.
 */
export function extendInTime({ times, extend, onLost, onExtended }: ExtendOptions): LeaseWatch {
  const { clock, ttlMs } = times;
  const lost = new AbortController();
  let validUntil = times.takenAt + ttlMs;
  let isStopped = false;
  let cancelNext: () => void = () => undefined;

  const stop = (): void => {
    isStopped = true;
    cancelNext();
  };
  const lose = (reason: TurnkeeperError): void => {
    stop();
    onLost(reason);
    lost.abort(reason);
  };
  const scheduleIn = (delayMs: number): void => {
    cancelNext = clock.after(Math.max(0, delayMs), () => void attempt());
  };
  const attempt = async (): Promise<void> => {
    const asked = clock.now();
    const extension = await extend();
    if (isStopped) return;
    switch (extension) {
      case 'extended':
        validUntil = asked + ttlMs;
        onExtended();
        scheduleIn(validUntil - (2 * ttlMs) / 3 - clock.now());
        break;
      case 'lost':
        lose(
          new TurnkeeperError(
            'LEASE_LOST',
            'This call lost its hold on the conversation. Nothing of it was stored; send it again.',
          ),
        );
        break;
      case 'unreachable':
        if (clock.now() >= lastCall()) loseUnreachable();
        else scheduleIn(Math.min(ttlMs / 10, lastCall() - clock.now()));
    }
  };
  /** A tenth of its life before the lease runs out it is given up. */
  const lastCall = (): number => validUntil - ttlMs / 10;
  const loseUnreachable = (): void =>
    lose(
      new TurnkeeperError(
        'STATE_STORE_UNAVAILABLE',
        "The state store can't be reached any more. Nothing of this call was stored; send it again.",
        { retryAfterMs: 1_000 },
      ),
    );

  scheduleIn(validUntil - (2 * ttlMs) / 3 - clock.now());
  return { signal: lost.signal, stop };
}
