import { z } from 'zod';
import { identityPart } from '../auth/identity-part.ts';
import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';

/**
 * Who calls, as your code knows it: every conversation belongs to one user of one tenant.
 *
 * @example
 * ```ts
 * const caller: Caller = { tenant: 'acme', user: 'u1' };
 * ```
 */
export interface Caller {
  /** 1 to 128 characters. */
  readonly tenant: string;
  /** 1 to 128 characters: an id rather than an address, because keys and log lines hold it. */
  readonly user: string;
  /** @default ['user'] */
  readonly roles?: readonly 'user'[] | undefined;
  /** The time until which the proof holds, as a date or in milliseconds since the epoch: a watch ends then. @default forever */
  readonly expiresAt?: Date | number | undefined;
  /** The token that they signed in with, for an agent that is asked in their name. */
  readonly accessToken?: string | undefined;
}

/**
 * Reads the caller out of a request's headers; `null` refuses the call with UNAUTHENTICATED. Throw only where you can't
 * tell (a key server is down, say): the call then fails with AUTHENTICATION_UNAVAILABLE and may be tried again.
 *
 * @example
 * ```ts
 * const authenticate: Authenticate = (headers) =>
 *   headers.get('authorization') === 'Bearer secret' ? { tenant: 'acme', user: 'u1' } : null;
 * ```
 */
export type Authenticate = (headers: Headers) => Caller | null | Promise<Caller | null>;

const callerSchema = z.object({
  tenant: identityPart,
  user: identityPart,
  roles: z.array(z.literal('user')).min(1).optional(),
  expiresAt: z.union([z.number(), z.date()]).optional(),
  accessToken: z.string().min(1).optional(),
});

/** A caller that no conversation can belong to. The log names the field by the code, never its value. */
class InvalidCaller extends Error {
  override readonly name = 'InvalidCaller';
  readonly code: string;

  constructor(field: string) {
    super(`the caller's ${field} is missing or not valid: tenant and user are texts of 1 to 128 characters`);
    this.code = `${field.toUpperCase()}_INVALID`;
  }
}

/** @throws InvalidCaller for a caller whose tenant, user or expiry is not valid */
export function authenticated(given: unknown): Extract<Authentication, { kind: 'authenticated' }> {
  const caller = callerSchema.safeParse(given);
  if (!caller.success) throw new InvalidCaller(String(caller.error.issues[0]?.path[0] ?? 'object'));
  const { tenant, user, accessToken, expiresAt } = caller.data;
  return {
    kind: 'authenticated',
    identity: { tenant, user },
    accessToken: accessToken ?? null,
    ...(expiresAt === undefined ? {} : { expiresAt: Number(expiresAt) }),
  };
}

/** @throws InvalidCaller */
export function authenticationOf(caller: unknown): Authentication {
  if (caller !== null) return authenticated(caller);
  return {
    kind: 'refused',
    message: 'The request says nobody that this server knows: sign in, then try again.',
  };
}

/** The port, over a function that takes the headers as the web has them. */
export function authenticatorOf(authenticate: Authenticate): Authenticator {
  return { authenticate: async (headers) => authenticationOf(await authenticate(webHeaders(headers))) };
}

function webHeaders(headers: RequestHeaders): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // The names of HTTP/2's pseudo-headers begin with a colon: they are no fields.
    if (value === undefined || name.startsWith(':')) continue;
    for (const each of typeof value === 'string' ? [value] : value) web.append(name, each);
  }
  return web;
}
