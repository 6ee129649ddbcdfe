import type { TurnkeeperClientError } from '../client-error.ts';
import type { AnyWatchEvent } from '../results.ts';
import type { TokenRequest } from '../access-token.ts';
import { pause } from '../with-retries.ts';
import type { Retrying } from '../with-retries.ts';
import type { TrackedEvent } from './read-watch-events.ts';

interface WatchingOn extends Retrying {
  /** Whether a token that is refused can be got anew. */
  readonly renewsToken: boolean;
  readonly toError: (thrown: unknown) => TurnkeeperClientError;
}

type Connect = (
  position: { readonly lastEventId: string | undefined },
  token: TokenRequest,
) => AsyncGenerator<TrackedEvent, void>;

/**
 * Watches over one connection after the other, each going on behind the last event of the one before. The first is tried as
 * often as any call; a watch that has begun goes on until a server says that it can't.
 */
export async function* watchOn(connect: Connect, watching: WatchingOn): AsyncGenerator<AnyWatchEvent, void> {
  const { policy, signal, renewsToken, toError } = watching;
  let lastEventId: string | undefined;
  let forceRefresh = false;
  let failed = 0;
  for (;;) {
    const events = connect({ lastEventId }, { forceRefresh });
    try {
      for (;;) {
        signal?.throwIfAborted();
        const next = await nextOf(events, toError);
        if (next.kind === 'done') return;
        if (next.kind === 'event') {
          ({ id: lastEventId } = next.tracked);
          failed = 0;
          forceRefresh = false;
          yield next.tracked.event;
          continue;
        }
        signal?.throwIfAborted();
        const { failure } = next;
        // Its token has run out, perhaps while it was watched: another is asked for, once.
        if (failure.reason === 'UNAUTHENTICATED' && renewsToken && !forceRefresh) {
          forceRefresh = true;
          break;
        }
        forceRefresh = false;
        failed += 1;
        const hasBegun = lastEventId !== undefined;
        const isTried = hasBegun ? mayPass(failure) : failure.retryable && failed < policy.attempts;
        if (!isTried) throw failure;
        yield { type: 'watch.interrupted', error: failure };
        await pause(failure, failed, watching);
        break;
      }
    } finally {
      await events.return();
    }
  }
}

/** Who is offline may not even get a token: that passes, like everything that no server said. */
function mayPass({ retryable, reason, httpStatus }: TurnkeeperClientError): boolean {
  return retryable || (reason === 'UNREACHABLE' && httpStatus === undefined);
}

type Next =
  | { readonly kind: 'event'; readonly tracked: TrackedEvent }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: TurnkeeperClientError };

async function nextOf(
  events: AsyncGenerator<TrackedEvent, void>,
  toError: (thrown: unknown) => TurnkeeperClientError,
): Promise<Next> {
  try {
    const { done, value } = await events.next();
    return done === true ? { kind: 'done' } : { kind: 'event', tracked: value };
  } catch (error) {
    return { kind: 'failed', failure: toError(error) };
  }
}
