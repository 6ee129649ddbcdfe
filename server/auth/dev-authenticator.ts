import { z } from 'zod';
import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';

// An identity is part of every key, so it must not be empty, and it must be well-formed: half a surrogate pair can't be
// encoded.
const identityPart = z
  .string()
  .min(1)
  .max(128)
  .refine((part) => part.isWellFormed());

/**
 * The authenticator for a developer's own machine: it trusts the headers `x-dev-user` and `x-dev-tenant`. It passes an
 * access token on unverified; the service that the token is for verifies it.
 */
export class DevAuthenticator implements Authenticator {
  authenticate(headers: RequestHeaders): Promise<Authentication> {
    return Promise.resolve(read(headers));
  }
}

function read(headers: RequestHeaders): Authentication {
  const user = identityPart.safeParse(headers['x-dev-user'] ?? 'local');
  const tenant = identityPart.safeParse(headers['x-dev-tenant'] ?? 'local');
  if (!user.success || !tenant.success) {
    const header = user.success ? 'x-dev-tenant' : 'x-dev-user';
    return { kind: 'refused', message: `The header ${header} must hold 1 to 128 characters.` };
  }
  const bearer = readBearerToken(headers['authorization']);
  if (bearer.kind === 'malformed') {
    return {
      kind: 'refused',
      message: 'The header Authorization must be "Bearer", a space, and one access token.',
    };
  }
  const identity = { tenant: tenant.data, user: user.data };
  return { kind: 'authenticated', identity, accessToken: bearer.kind === 'token' ? bearer.token : null };
}

/** The bearer token in an `Authorization` header (RFC 6750, 2.1). */
type BearerToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** The header names the scheme, but no valid token follows. */
  | { readonly kind: 'malformed' };

/** Reads the bearer token of an `Authorization` header. Credentials of another scheme are ignored. */
function readBearerToken(header: string | readonly string[] | undefined): BearerToken {
  if (typeof header !== 'string' || !/^bearer(\s|$)/i.test(header)) return { kind: 'none' };
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}
