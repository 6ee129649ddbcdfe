import type { IncomingHttpHeaders } from 'node:http';
import type { Authentication, Authenticator } from '../orchestrator/ports/authenticator.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { RouterContext } from '../router/procedure.ts';

interface Identifying {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** The tenants whose users may call; null for all. */
  readonly allowedTenants: readonly string[] | null;
}

class AuthenticatorTooSlow extends Error {
  override readonly name = 'AuthenticatorTooSlow';
}

/** Asks the authenticator who calls. Settles in time and never rejects, even if the authenticator hangs or throws. */
export async function identifyCaller(
  headers: IncomingHttpHeaders,
  { authenticator, clock, timeoutMs, allowedTenants }: Identifying,
): Promise<RouterContext['authentication']> {
  let cancel: () => void = () => undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(timeoutMs, () => reject(new AuthenticatorTooSlow('it took too long')));
  });
  try {
    const authentication = await Promise.race([authenticator.authenticate(headers), tooSlow]);
    return withinTenants(authentication, allowedTenants);
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    cancel();
  }
}

function withinTenants(authentication: Authentication, allowed: readonly string[] | null): Authentication {
  if (authentication.kind !== 'authenticated' || allowed === null) return authentication;
  if (allowed.includes(authentication.identity.tenant)) return authentication;
  const message = 'Users of this tenant may not call this server.';
  return { kind: 'forbidden', reason: 'TENANT_NOT_ALLOWED', message };
}
