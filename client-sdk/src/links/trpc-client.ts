/**
 * The client's one way to the server: a tRPC client, for `createTurnkeeperClient` and the hooks alike.
 *
 * The job: send every call through the links in this order: abort, retry, token, error, watch, HTTP. The boundary: each
 * link does one thing and knows the others only through `CallContext`; none knows of conversations, and `callTrpc`
 * turns tRPC's errors back into the client's own. It keeps that
 * - a retried turn keeps its turn id, so that it happens once (I4), and `isOutcomeUnknown` stays true until a try
 *   settles it;
 * - a watch continues after its last event, so that each committed turn is shown once;
 * - nothing is batched: no turn waits for another one's answer;
 * - each failure is a `TurnkeeperClientError`, except an abort (the signal's reason) and what the caller's `onRetry`
 *   throws;
 * - a call that is over leaves no listener on its caller's signal.
 */
import { TRPCClientError, createTRPCClient, httpLink } from '@trpc/client';
import type { TRPCClient, TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { errorLink } from './error-link.ts';
import { contextOf } from './operation.ts';
import type { CallContext, Router } from './operation.ts';
import { retryLink } from './retry-link.ts';
import type { Pacing, ResolvedPolicy, Retry } from './retry-policy.ts';
import { sendableJson } from './sendable-json.ts';
import { apiUrlOf } from './server-url.ts';
import { tokenLink } from './token-link.ts';
import { fetchAnswer, headersFor } from './transport.ts';
import type { Identification } from './transport.ts';
import { watchLink } from './watch-link.ts';

export type TrpcClient = TRPCClient<Router>;

export interface TrpcClientOptions extends Identification {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly policy: ResolvedPolicy;
  readonly pacing: Pacing;
  /** Called before each wait for another try of a call. A watch reports its interruptions itself. */
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

/** @throws TypeError for a url that no server can have */
export function createTrpcClient(options: TrpcClientOptions): TrpcClient {
  const { url, headers, token, fetch } = options;
  const api = apiUrlOf(url);
  return createTRPCClient<Router>({
    links: [
      abortLink,
      retryLink(options),
      ...(token === undefined ? [] : [tokenLink()]),
      errorLink(url),
      watchLink({ api, headers, token, fetch }),
      httpLink({
        url: api,
        transformer: {
          input: { serialize: sendableJson, deserialize: superjson.deserialize },
          output: superjson,
        },
        headers: ({ op }) => headersFor(contextOf(op), { headers, token }),
        fetch: fetchAnswer(fetch),
      }),
    ],
  });
}

/**
 * Fails a call as soon as its caller's signal aborts, and gives the links below a signal of the call's own. tRPC and
 * fetch remove none of their listeners, so a long-lived signal would otherwise gather them.
 */
const abortLink: TRPCLink<Router> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const ofCaller = op.signal;
      const ofCall = new AbortController();
      const abort = (): void => {
        ofCall.abort(ofCaller?.reason);
        observer.error(TRPCClientError.from(ofCall.signal.reason as Error));
      };
      if (ofCaller?.aborted === true) {
        abort();
        return;
      }
      ofCaller?.addEventListener('abort', abort, { once: true });
      const subscription = next({ ...op, signal: ofCall.signal }).subscribe(observer);
      return () => {
        ofCaller?.removeEventListener('abort', abort);
        subscription.unsubscribe();
        ofCall.abort();
      };
    });

interface CallSettings extends CallContext {
  readonly signal?: AbortSignal | undefined;
}

interface TrpcCallOptions {
  readonly context: CallContext;
  readonly signal?: AbortSignal;
}

/**
 * Makes a call through tRPC.
 * @throws TurnkeeperClientError, or the signal's reason
 */
export async function callTrpc<Result>(
  send: (options: TrpcCallOptions) => Promise<Result>,
  { signal, ...context }: CallSettings = {},
): Promise<Result> {
  try {
    return await send(requestOptions(context, signal));
  } catch (thrown) {
    signal?.throwIfAborted();
    throw causeOf(thrown);
  }
}

export function requestOptions(context: CallContext, signal: AbortSignal | undefined): TrpcCallOptions {
  return signal === undefined ? { context } : { context, signal };
}

/** Returns the error that a link made a tRPC error of. */
export function causeOf(thrown: unknown): unknown {
  return thrown instanceof TRPCClientError ? thrown.cause : thrown;
}
