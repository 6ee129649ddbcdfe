import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { AnyWatchEvent, RouterOf } from './results.ts';
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
  readonly fetch: typeof globalThis.fetch;
  readonly policy: RetryPolicy;
  readonly pacing: Pacing;
}

type Procedures = ReturnType<typeof createTRPCClient<RouterOf<WorkflowDefinition>>>['workflow'];

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Of the turn that the call is, for its error. */
  readonly turnId?: string;
}

/** The way to the server: every call through it is retried, and fails with the client's error. */
export interface Connection {
  /**
   * @param send sends the call once; it is run again for every further try
   * @throws TurnkeeperClientError, or the signal's reason
   */
  call<Result>(
    send: (procedures: Procedures, options: { signal?: AbortSignal }) => Promise<Result>,
    options?: CallOptions,
  ): Promise<Result>;
  /**
   * Watches a conversation; when the connection breaks it goes on behind the last event, over a new one.
   * @throws TurnkeeperClientError, or the signal's reason
   */
  watch(request: WatchRequest, signal: AbortSignal | undefined): AsyncGenerator<AnyWatchEvent, void>;
}

export function connect({ url, headers, fetch, policy, pacing }: ConnectionOptions): Connection {
  const api = `${url.replace(/\/+$/, '')}/trpc`;
  const { workflow: procedures } = createTRPCClient<RouterOf<WorkflowDefinition>>({
    links: [
      // Not batched: one turn must not wait for another one's answer.
      httpLink({
        url: api,
        transformer: superjson,
        headers: () => headersFrom(headers),
        fetch: fetchAnswer(fetch),
      }),
    ],
  });
  return {
    call: (send, { signal, turnId } = {}) =>
      withRetries(
        async () => {
          try {
            return await send(procedures, signal === undefined ? {} : { signal });
          } catch (error) {
            signal?.throwIfAborted();
            throw toClientError(error, { url, turnId });
          }
        },
        { policy, pacing, signal },
      ),
    watch: (request, signal) =>
      watchOn((position) => readWatchEvents({ api, headers, fetch, signal }, { ...request, ...position }), {
        ...{ policy, pacing, signal },
        toError: (error) => toClientError(error, { url, turnId: undefined }),
      }),
  };
}
