import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { TurnkeeperError } from '../domain/errors.ts';
import type { RouterContext } from './context.ts';
import { formatError } from './error-shape.ts';
import { reportFailure } from './report-failure.ts';

const pingEveryMs = 5_000;

const trpc = initTRPC.context<RouterContext>().create({
  transformer: superjson,
  // Pings keep idle connections open through proxies, and tell a client that the server is still there.
  sse: {
    ping: { enabled: true, intervalMs: pingEveryMs },
    client: { reconnectAfterInactivityMs: 3 * pingEveryMs },
  },
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
    throw reportFailure(ctx.dependencies, path, result.error);
  })
  .use(({ ctx, next }) => {
    if (ctx.authentication.kind === 'refused') {
      throw new TurnkeeperError('UNAUTHENTICATED', ctx.authentication.message);
    }
    const { identity, accessToken } = ctx.authentication;
    return next({ ctx: { ...ctx, identity, accessToken } });
  });
