import { initTRPC } from '@trpc/server';
import { TurnkeeperError } from '../domain/errors.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authentication } from '../orchestrator/ports/authenticator.ts';
import { formatError } from './error-shape.ts';
import { CallerRefused, CallerUnknown } from './failure.ts';
import { requireReadInput, transformer } from './input-transformer.ts';
import { mayBeMissing } from './inputs.ts';
import { reportFailure } from './report-failure.ts';

/** The authenticator failed, or took too long: every call of the request fails, and may be tried again. */
interface AuthenticationFailed {
  readonly kind: 'failed';
  readonly error: unknown;
}

/** The context of every procedure: the ports and the caller, and none of the server's libraries. */
export interface RouterContext {
  readonly authentication: Authentication | AuthenticationFailed;
  readonly dependencies: Dependencies;
  /** Errors carry their stack and cause: for development only. */
  readonly showsCauses: boolean;
}

const pingEveryMs = 5_000;

const trpc = initTRPC.context<RouterContext>().create({
  transformer,
  // Pings keep idle connections open through proxies, and show a client that the server is still there.
  sse: {
    ping: { enabled: true, intervalMs: pingEveryMs },
    client: { reconnectAfterInactivityMs: 3 * pingEveryMs },
  },
  // tRPC would add stacks unless NODE_ENV is "production"; formatError alone decides that.
  isDev: false,
  errorFormatter: ({ error, path, ctx, input }) =>
    formatError({
      error,
      path,
      showsCauses: ctx?.showsCauses ?? false,
      // Without a context there is no port for ids; `reportUnhandled` logs such an error under this id.
      newErrorId: () => ctx?.dependencies.ids.errorId() ?? crypto.randomUUID(),
      mayBeMissing: path === 'workflow.get' && mayBeMissing(input),
    }),
});

export const { router, createCallerFactory } = trpc;

/**
 * Makes the base of all procedures: its caller is known, its input has been read, and its errors have a reason. It is one
 * middleware, because tRPC copies a call's options for each.
 * @param contextOf the procedures' context, where the router is part of an application that has another; never rejects
 */
export function procedureWith(contextOf?: (context: unknown) => Promise<RouterContext>) {
  return trpc.procedure.use(async ({ ctx: given, path, getRawInput, next }) => {
    const ctx = contextOf === undefined ? given : await contextOf(given);
    const { dependencies } = ctx;
    try {
      const { identity, accessToken, expiresAt, actingService } = identified(ctx);
      if (actingService !== undefined) {
        const { tenant, user } = identity;
        dependencies.observer.tell({
          type: 'service.acts',
          tenant,
          user,
          service: actingService,
          call: path,
        });
      }
      requireReadInput(await getRawInput());
      const result = await next({ ctx: { dependencies, identity, accessToken, expiresAt } });
      if (result.ok) return result;
      throw result.error;
    } catch (error) {
      throw reportFailure(dependencies, path, error);
    }
  });
}

export type Procedure = ReturnType<typeof procedureWith>;

type Authenticated = Extract<Authentication, { readonly kind: 'authenticated' }>;

/** @throws TurnkeeperError if the caller is not known, or may not call */
function identified({ authentication, dependencies }: RouterContext): Authenticated {
  switch (authentication.kind) {
    case 'failed':
      throw new CallerUnknown(dependencies.ids.errorId(), authentication.error);
    case 'refused':
      throw new CallerRefused(authentication);
    case 'forbidden':
      throw new TurnkeeperError(authentication.reason, authentication.message);
    case 'authenticated': {
      const { roles = ['user'] } = authentication;
      if (roles.includes('user') || roles.includes('service')) return authentication;
      throw new TurnkeeperError('ROLE_NOT_ALLOWED', 'Your account has no role that may use this server.');
    }
  }
}
