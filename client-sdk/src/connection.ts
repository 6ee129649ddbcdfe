import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import type { RouterOf } from './results.ts';
import { toClientError } from './to-client-error.ts';
import { fetchAnswer, headersFrom } from './transport.ts';
import type { HeadersSource } from './transport.ts';
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
}

export function connect({ url, headers, fetch, policy, pacing }: ConnectionOptions): Connection {
  const { workflow: procedures } = createTRPCClient<RouterOf<WorkflowDefinition>>({
    links: [
      // Not batched: one turn must not wait for another one's answer.
      httpLink({
        url: `${url.replace(/\/+$/, '')}/trpc`,
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
  };
}
