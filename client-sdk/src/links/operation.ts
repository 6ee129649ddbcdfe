import { TRPCClientError } from '@trpc/client';
import type { Operation, OperationResultObservable, OperationResultObserver } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { Unsubscribable } from '@trpc/server/observable';
import type { ApiRouter } from '../../../server/router/api.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import { TurnkeeperClientError } from './client-error.ts';
import type { Retry } from './retry-policy.ts';

export type Router = ApiRouter<TypedDefinition, object>;
export type Results = OperationResultObservable<Router, unknown>;
export type ResultObserver = OperationResultObserver<Router, unknown>;
type TrpcError = TRPCClientError<Router>;

/** Settings of one call for the links, and notes of the links for each other. */
export interface CallContext extends Record<string, unknown> {
  /** The id of the turn that the call sends; its error carries it. */
  readonly turnId?: string | undefined;
  /** Decides on the number of tries, where the client's options do not name it. @default 'program' */
  readonly whoWaits?: 'program' | 'person' | undefined;
  /** Returns whether a failure that may pass is worth another try. @default always */
  readonly isWorthRetrying?: ((error: TurnkeeperClientError) => boolean) | undefined;
  /** Called before the wait for another try, after the client's own `onRetry`. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** Resolves when the reader of a watch asks for the next event. @default at once */
  readonly demand?: (() => Promise<void>) | undefined;
  /** True if an earlier try of the same call may have taken effect. @default false */
  readonly wasUnknown?: boolean | undefined;
  /** True if the server has refused the token of the try before. @default false */
  readonly forceRefresh?: boolean | undefined;
}

/**
 * tRPC's contexts are untyped. This client alone makes calls through its links, and it writes them as `CallContext`.
 */
export const contextOf = ({ context }: Operation): CallContext => context;

export const withContext = (op: Operation, change: CallContext): Operation => ({
  ...op,
  context: { ...op.context, ...change },
});

/**
 * Returns the client's error in one that has passed the error link. Other errors come from the caller's own functions.
 */
export function clientErrorIn({ cause }: TrpcError): TurnkeeperClientError | null {
  return cause instanceof TurnkeeperClientError ? cause : null;
}

interface Repetition {
  readonly op: Operation;
  readonly next: (op: Operation) => Results;
  /** Called with every event of a subscription. */
  readonly onEvent: () => void;
  /**
   * Returns the operation to send after a failure, or `null` to fail with that. What it throws fails the call instead.
   */
  readonly again: (
    error: TurnkeeperClientError,
    failed: Operation,
    observer: ResultObserver,
  ) => Operation | null | Promise<Operation | null>;
}

/** Sends an operation until it succeeds or `again` gives up. A subscription continues after its last tracked event. */
export function repeated({ op, next, onEvent, again }: Repetition): Results {
  return observable((observer) => {
    const ended = new AbortController();
    const isOver = (): boolean => ended.signal.aborted;
    let lastEventId: string | undefined;
    let subscription: Unsubscribable | undefined;
    const send = (operation: Operation): void => {
      const sent = next(resumed(operation, lastEventId)).subscribe({
        next(envelope) {
          const { result } = envelope;
          if ((result.type === undefined || result.type === 'data') && result.id !== undefined) {
            lastEventId = result.id;
            onEvent();
          }
          observer.next(envelope);
        },
        error: (error) => void decide(error, operation),
        complete: () => observer.complete(),
      });
      subscription = sent;
      if (isOver()) sent.unsubscribe();
    };
    const decide = async (error: TrpcError, failed: Operation): Promise<void> => {
      // The call was given up, and that is why it failed.
      if (isOver()) return;
      const failure = clientErrorIn(error);
      try {
        const following = failure === null ? null : await again(failure, failed, observer);
        if (following === null) observer.error(error);
        else if (!isOver()) send(following);
      } catch (thrown) {
        observer.error(TRPCClientError.from(thrown as Error));
      }
    };
    send(op);
    return () => {
      ended.abort();
      subscription?.unsubscribe();
    };
  });
}

function resumed(op: Operation, lastEventId: string | undefined): Operation {
  return lastEventId === undefined ? op : { ...op, input: Object.assign({}, op.input, { lastEventId }) };
}
