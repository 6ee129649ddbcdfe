import { initTRPC } from '@trpc/server';
import { TurnkeeperError } from '../domain/errors.ts';
import type { RouterContext } from './context.ts';
import { formatError } from './error-shape.ts';
import { CallerUnknown } from './failure.ts';
import { requireReadInput, transformer } from './input-transformer.ts';
import { mayBeMissing } from './inputs.ts';
import { reportFailure } from './report-failure.ts';

const pingEveryMs = 5_000;

const trpc = initTRPC.context<RouterContext>().create({
  transformer,
  // Pings keep idle connections open through proxies, and tell a client that the server is still there.
  sse: {
    ping: { enabled: true, intervalMs: pingEveryMs },
    client: { reconnectAfterInactivityMs: 3 * pingEveryMs },
  },
  // tRPC would add stacks wherever NODE_ENV is not "production"; formatError alone decides that.
  isDev: false,
  errorFormatter: ({ error, path, ctx, input }) =>
    formatError({
      error,
      path,
      showsCauses: ctx?.showsCauses ?? false,
      // Without a context there are no ids to ask; `reportUnhandled` logs such an error under this id.
      newErrorId: () => ctx?.dependencies.ids.errorId() ?? crypto.randomUUID(),
      mayBeMissing: path === 'workflow.get' && mayBeMissing(input),
    }),
});

export const { router, createCallerFactory } = trpc;

/** The procedure that all others are made of: its callers are known, its input was read, and its errors have a reason. */
export const procedure = trpc.procedure
  .use(async ({ ctx, path, next }) => {
    const result = await next();
    if (result.ok) return result;
    throw reportFailure(ctx.dependencies, path, result.error);
  })
  .use(({ ctx, next }) => {
    const { authentication, dependencies } = ctx;
    if (authentication.kind === 'failed') {
      throw new CallerUnknown(dependencies.ids.errorId(), authentication.error);
    }
    if (authentication.kind === 'refused') {
      throw new TurnkeeperError('UNAUTHENTICATED', authentication.message);
    }
    const { identity, accessToken, expiresAt } = authentication;
    return next({ ctx: { ...ctx, identity, accessToken, expiresAt } });
  })
  .use(async ({ getRawInput, next }) => {
    requireReadInput(await getRawInput());
    return next();
  });
