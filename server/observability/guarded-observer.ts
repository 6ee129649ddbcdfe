import type { Observer, TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
import { describeError } from './describe-error.ts';
import type { EventLogger } from './pino-observer.ts';

/** A function that returns a promise is assignable to one that returns nothing. */
interface AnyObserver {
  tell(event: TurnkeeperEvent): unknown;
}

/**
 * Guards the server against an observer that somebody else wrote: whatever it throws, or rejects with, is logged and goes
 * no further, because events are told in the middle of turns.
 */
export function guardedObserver(observer: AnyObserver, logger: EventLogger): Observer {
  const failed = (error: unknown): void =>
    logger.error(
      { event: 'observer.failed', err: describeError(error) },
      'the observer failed: it must not throw',
    );
  return {
    tell: (event) => {
      try {
        const settled = observer.tell(event);
        if (settled instanceof Promise) settled.catch(failed);
      } catch (error) {
        failed(error);
      }
    },
  };
}
