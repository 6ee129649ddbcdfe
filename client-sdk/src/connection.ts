import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { TypedDefinition } from '../../workflows/definition/types.ts';
import type { AnyWatchEvent } from './results.ts';
import type { AppRouter } from './router.ts';
import { withFreshToken } from './access-token.ts';
import type { TokenProvider, TokenRequest } from './access-token.ts';
import type { TurnkeeperClientError } from './client-error.ts';
import { toClientError } from './to-client-error.ts';
import { fetchAnswer, headersFrom } from './transport.ts';
import type { HeadersSource } from './transport.ts';
import { readWatchEvents } from './watch/read-watch-events.ts';
import type { WatchRequest } from './watch/read-watch-events.ts';
import { watchOn } from './watch/watch-on.ts';
import { withRetries } from './with-retries.ts';
import type { Pacing, RetryPolicy } from './with-retries.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly headers: HeadersSource | undefined;
  readonly token: TokenProvider | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly policy: RetryPolicy;
  readonly pacing: Pacing;
}

type Procedures = ReturnType<typeof createTRPCClient<AppRouter<TypedDefinition>>>['workflow'];

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the turn that the call is, for its error. */
  readonly turnId?: string;
  /** Whether what failed for a reason that can pass is tried again. @default always */
  readonly isWorthwhile?: ((error: TurnkeeperClientError) => boolean) | undefined;
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

export function connect({ url, headers, token, fetch, policy, pacing }: ConnectionOptions): Connection {
  const api = `${url.replace(/\/+$/, '')}/trpc`;
  const { workflow: procedures } = createTRPCClient<AppRouter<TypedDefinition>>({
    links: [
      // Not batched: one turn must not wait for another one's answer.
      httpLink({
        url: api,
        transformer: superjson,
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
    call: (send, { signal, turnId, isWorthwhile } = {}) => {
      const attempt = async (request: TokenRequest) => {
        try {
          return await send(procedures, {
            context: { ...request },
            ...(signal === undefined ? {} : { signal }),
          });
        } catch (error) {
          signal?.throwIfAborted();
          throw toClientError(error, { url, turnId });
        }
      };
      return withRetries(() => withFreshToken(attempt, token), { policy, pacing, signal, isWorthwhile });
    },
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
          toError: (error) => toClientError(error, { url, turnId: undefined }),
        },
      ),
  };
}
