import type { TRPCError } from '@trpc/server';
import type { ErrorData } from '../../contract/errors.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import { formatError } from '../router/error-shape.ts';
import { mayBeMissing } from '../router/inputs.ts';

/** The part of tRPC's error shapes that is completed. */
interface AnyShape {
  readonly message: string;
  readonly code: number;
  readonly data: object;
}

/**
 * The `errorFormatter` of a tRPC application that has `turnkeeper.router` in its router: it gives Turnkeeper's errors the
 * `data` that `@turnkeeper/client` reads (`reason`, `retryable`, …), and leaves all others as they are.
 *
 * @example
 * ```ts
 * const t = initTRPC.context<Context>().create({ transformer: superjson, errorFormatter });
 * ```
 */
export function errorFormatter<Shape extends AnyShape>(given: {
  readonly shape: Shape;
  readonly error: TRPCError;
  readonly path: string | undefined;
  readonly input: unknown;
}): Shape & { readonly data: Partial<ErrorData> } {
  const { shape, error, path, input } = given;
  if (!isTurnkeeperError(error.cause)) return shape;
  const { message, code, data } = formatError({
    error,
    path,
    showsCauses: false,
    newErrorId: () => crypto.randomUUID(),
    mayBeMissing: mayBeMissing(input),
  });
  return { ...shape, message, code, data };
}
