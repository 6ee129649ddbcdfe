import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { TurnkeeperError } from '../domain/errors.ts';
import { describeCause } from '../orchestrator/describe-cause.ts';
import type { RouterContext } from './context.ts';
import { formatError } from './error-shape.ts';
import { UnexpectedError, toFailure, toTrpcError } from './failure.ts';

const trpc = initTRPC.context<RouterContext>().create({
  transformer: superjson,
  // tRPC would add stacks wherever NODE_ENV is not "production"; formatError alone decides that.
  isDev: false,
  errorFormatter: ({ error, path, ctx }) =>
    formatError({
      error,
      path,
      showsCauses: ctx?.showsCauses ?? false,
      newErrorId: () => ctx?.dependencies.ids.errorId() ?? 'unknown',
    }),
});

export const { router, createCallerFactory } = trpc;

/** The procedure that all others are made of: its callers are known, and its errors have a reason. */
export const procedure = trpc.procedure
  .use(async ({ ctx, path, next }) => {
    const result = await next();
    if (result.ok) return result;
    const { ids, observer } = ctx.dependencies;
    const failure = toFailure(result.error, () => ids.errorId());
    if (failure instanceof UnexpectedError) {
      const { errorId } = failure;
      const error = result.error.cause ?? result.error;
      observer.tell({ type: 'error.unexpected', errorId, error });
    }
    // A turn tells of itself, whatever becomes of it.
    if (failure.reason === 'STATE_STORE_UNAVAILABLE' && path !== 'workflow.turn') {
      observer.tell({
        type: 'call.failed',
        call: path,
        reason: failure.reason,
        ...describeCause(failure),
      });
    }
    throw toTrpcError(failure);
  })
  .use(({ ctx, next }) => {
    if (ctx.authentication.kind === 'refused') {
      throw new TurnkeeperError('UNAUTHENTICATED', ctx.authentication.message);
    }
    const { identity, accessToken } = ctx.authentication;
    return next({ ctx: { ...ctx, identity, accessToken } });
  });
