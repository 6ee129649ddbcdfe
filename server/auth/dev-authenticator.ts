import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';
import { malformedTokenMessage, readBearerToken } from './bearer-token.ts';
import { identityPart } from './identity-part.ts';

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
  if (bearer.kind === 'malformed') return { kind: 'refused', message: malformedTokenMessage };
  const identity = { tenant: tenant.data, user: user.data };
  return { kind: 'authenticated', identity, accessToken: bearer.kind === 'token' ? bearer.token : null };
}
