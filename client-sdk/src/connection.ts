import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { AnyWatchEvent } from './results.ts';
import type { AppRouter } from './router.ts';
import { withFreshToken } from './access-token.ts';
import type { TokenProvider, TokenRequest } from './access-token.ts';
import type { TurnkeeperClientError } from './client-error.ts';
import { sendableJson } from './sendable-json.ts';
import { apiUrlOf } from './server-url.ts';
import { toClientError } from './to-client-error.ts';
import { fetchAnswer, headersFrom } from './transport.ts';
import type { HeadersSource } from './transport.ts';
import { readWatchEvents } from './watch/read-watch-events.ts';
import type { WatchRequest } from './watch/read-watch-events.ts';
import { watchOn } from './watch/watch-on.ts';
import { withRetries } from './with-retries.ts';
import type { Pacing, Retry, RetryPolicy } from './with-retries.ts';
import { withOwnSignal } from './with-own-signal.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly headers: HeadersSource | undefined;
  readonly token: TokenProvider | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly policy: RetryPolicy;
  readonly pacing: Pacing;
  /** Called before every wait for another try of a call; not of a watch, which tells by itself. */
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

type Procedures = ReturnType<typeof createTRPCClient<AppRouter<TypedDefinition>>>['workflow'];

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the turn that the call is, for its error. */
  readonly turnId?: string;
  /** Whether what failed for a reason that can pass is tried again. @default always */
  readonly isWorthwhile?: ((error: TurnkeeperClientError) => boolean) | undefined;
  /** Whether an earlier call, of which this one is another try, may have taken effect. @default false */
  readonly wasUnknown?: boolean;
  /** Besides the connection's own. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** What tRPC is given with each try: how to get its token is in the context, for the headers. */
interface TryOptions {
  readonly context: TokenRequest & Record<string, unknown>;
  readonly signal?: AbortSignal;
}

/** The way to the server: every call through it is retried, and fails with the client's error. */
export interface Connection {
  /**
   * @param send sends the call once; it is run again for every further try
   * @throws TurnkeeperClientError, or the signal's reason
   */
  call<Result>(
    send: (procedures: Procedures, options: TryOptions) => Promise<Result>,
    options?: CallOptions,
  ): Promise<Result>;
  /**
   * Watches a conversation; when the connection breaks it goes on behind the last event, over a new one.
   * @throws TurnkeeperClientError, or the signal's reason
   */
  watch(request: WatchRequest, signal: AbortSignal | undefined): AsyncGenerator<AnyWatchEvent, void>;
}

/** @throws TypeError where the url can't be a server's */
export function connect(options: ConnectionOptions): Connection {
  const { url, headers, token, fetch, policy, pacing } = options;
  const api = apiUrlOf(url);
  const { workflow: procedures } = createTRPCClient<AppRouter<TypedDefinition>>({
    links: [
      // Not batched: one turn must not wait for another one's answer.
      httpLink({
        url: api,
        transformer: {
          input: { serialize: sendableJson, deserialize: superjson.deserialize },
          output: superjson,
        },
        headers: ({ op: { context, signal } }) =>
          headersFrom(
            { headers, token },
            { forceRefresh: context['forceRefresh'] === true },
            signal ?? undefined,
          ),
        fetch: fetchAnswer(fetch),
      }),
    ],
  });
  return {
    call: (send, { signal: callersSignal, turnId, isWorthwhile, onRetry, ...earlier } = {}) =>
      withOwnSignal(callersSignal, (signal) => {
        let { wasUnknown = false } = earlier;
        const attempt = async (request: TokenRequest) => {
          try {
            return await send(procedures, { context: { ...request }, signal });
          } catch (thrown) {
            signal.throwIfAborted();
            const error = toClientError(thrown, { url, turnId, wasUnknown });
            wasUnknown = error.isOutcomeUnknown;
            throw error;
          }
        };
        const tell = (retry: Retry): void => {
          options.onRetry?.(retry);
          onRetry?.(retry);
        };
        const retrying = { policy, pacing, signal, isWorthwhile, onRetry: tell };
        return withRetries(() => withFreshToken(attempt, token), retrying);
      }),
    watch: (request, signal) =>
      watchOn(
        (position, tokenRequest) =>
          readWatchEvents(
            { api, headers: () => headersFrom({ headers, token }, tokenRequest, signal), fetch, signal },
            { ...request, ...position },
          ),
        {
          policy,
          pacing,
          signal,
          renewsToken: token !== undefined,
          toError: (error) => toClientError(error, { url, turnId: undefined, isWatch: true }),
        },
      ),
  };
}
