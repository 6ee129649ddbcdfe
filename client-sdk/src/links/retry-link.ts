import { TRPCClientError } from '@trpc/client';
import type { TRPCLink } from '@trpc/client';
import type { TurnkeeperClientError } from './client-error.ts';
import { contextOf, repeated, withContext } from './operation.ts';
import type { ResultObserver, Router } from './operation.ts';
import { delayAfter } from './retry-policy.ts';
import type { Pacing, ResolvedPolicy, Retry } from './retry-policy.ts';

interface Retrying {
  readonly policy: ResolvedPolicy;
  readonly pacing: Pacing;
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

/**
 * Retries calls that failed for a passing reason, and reconnects watches. A watch is tried as often as any call until
 * its first event; from then on it reconnects until the server says that it cannot continue. It reports each failed
 * connection as tRPC's connection state.
 */
export function retryLink(retrying: Retrying): TRPCLink<Router> {
  const { policy, pacing } = retrying;
  return () =>
    ({ op, next }) => {
      const { isWorthRetrying = () => true, onRetry, demand, whoWaits = 'program' } = contextOf(op);
      const isWatch = op.type === 'subscription';
      let failures = 0;
      let hasBegun = false;
      const isRetried = (error: TurnkeeperClientError): boolean => {
        if (isWatch && hasBegun) return mayReconnect(error);
        // Somebody chose to interrupt the turn, so only its sender can say whether it is still wanted.
        const isInterrupted = error.reason === 'TURN_INTERRUPTED' && !isWatch;
        return (
          error.retryable && !isInterrupted && failures < policy.attempts[whoWaits] && isWorthRetrying(error)
        );
      };
      return repeated({
        op,
        next,
        onEvent() {
          hasBegun = true;
          failures = 0;
        },
        async again(error, failed, observer) {
          failures += 1;
          if (!isRetried(error)) return null;
          if (isWatch) {
            reportInterruption(error, observer);
            // A reader that has stopped reading needs no new connection.
            await demand?.();
          }
          const delayMs = delayAfter(error, failures, retrying);
          if (delayMs === null) return null;
          if (!isWatch) {
            const retry = { attempt: failures, delayMs, error };
            retrying.onRetry?.(retry);
            onRetry?.(retry);
          }
          await pacing.sleep(delayMs, op.signal ?? undefined);
          return withContext(failed, { wasUnknown: error.isOutcomeUnknown });
        },
      });
    };
}

function reportInterruption(cause: TurnkeeperClientError, observer: ResultObserver): void {
  const error = new TRPCClientError<Router>(cause.message, { cause });
  observer.next({ result: { type: 'state', state: 'connecting', error } });
}

/** Without a network even the token may be out of reach. That passes, as does every failure that no server reported. */
function mayReconnect({ retryable, reason, httpStatus }: TurnkeeperClientError): boolean {
  return retryable || (reason === 'UNREACHABLE' && httpStatus === undefined);
}
