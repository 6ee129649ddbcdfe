import { TRPCClientError } from '@trpc/client';
import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { GetConversationRequest, ListRequest } from '../../../contract/inputs.ts';
import type { Connection } from '../connection.ts';
import type { Router } from './session/session-parts.ts';

/**
 * Ends a tRPC client's links in a client's connection, so that what is queried through it is retried, carries the token,
 * and is not batched.
 */
export function connectionLink(connection: Connection): TRPCLink<Router> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        const controller = new AbortController();
        const abort = (): void => controller.abort(op.signal?.reason);
        if (op.signal?.aborted === true) abort();
        op.signal?.addEventListener('abort', abort, { once: true });
        query(connection, op, controller.signal).then(
          (data) => {
            observer.next({ result: { type: 'data', data } });
            observer.complete();
          },
          (error: unknown) => observer.error(toTrpcError(error)),
        );
        return () => {
          op.signal?.removeEventListener('abort', abort);
          controller.abort();
        };
      });
}

interface Operation {
  readonly path: string;
  readonly input: unknown;
}

/** tRPC has made the operation of a procedure's own input, so its path tells what the input is. */
function query(connection: Connection, { path, input }: Operation, signal: AbortSignal): Promise<unknown> {
  return connection.call(
    (procedures, options): Promise<unknown> => {
      switch (path) {
        case 'workflow.get':
          return procedures.get.query(input as GetConversationRequest, options);
        case 'workflow.list':
          return procedures.list.query(input as ListRequest | undefined, options);
        case 'workflow.definitions':
          return procedures.definitions.query(undefined, options);
        default:
          throw new TypeError(`${path} is no query`);
      }
    },
    { signal },
  );
}

/** As tRPC's own links put it, for whoever reads the error in the query cache. */
function toTrpcError(error: unknown): TRPCClientError<Router> {
  const cause = error instanceof Error ? error : new Error(String(error));
  const answered: unknown = cause.cause;
  if (!(answered instanceof TRPCClientError)) return TRPCClientError.from(cause);
  const shape = answered.shape as ErrorShape | undefined;
  return new TRPCClientError(cause.message, {
    cause,
    ...(shape === undefined ? {} : { result: { error: shape } }),
  });
}
