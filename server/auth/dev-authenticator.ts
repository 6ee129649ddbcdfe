import { z } from 'zod';
import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';
import { readBearerToken } from './bearer-token.ts';

// An identity is part of every key, so it must be something, and well-formed text: half a surrogate pair can't be encoded.
const identityPart = z
  .string()
  .min(1)
  .max(128)
  .refine((part) => part.isWellFormed());

/**
 * Takes the caller's word for who they are, from `x-dev-user` and `x-dev-tenant`. For a developer's own machine. An access
 * token is passed on as it is: whoever takes it for a token of theirs verifies it.
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
      message: 'The header Authorization must hold one access token behind "Bearer".',
    };
  }
  const identity = { tenant: tenant.data, user: user.data };
  return { kind: 'authenticated', identity, accessToken: bearer.kind === 'token' ? bearer.token : null };
}
