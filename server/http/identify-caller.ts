import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from '../orchestrator/ports/authenticator.ts';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { RouterContext } from '../router/procedure.ts';

interface Identifying {
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

class AuthenticatorTooSlow extends Error {
  override readonly name = 'AuthenticatorTooSlow';
}

/** Asks the authenticator who calls. Settles in time and never rejects, even if the authenticator hangs or throws. */
export async function identifyCaller(
  headers: IncomingHttpHeaders,
  { authenticator, clock, timeoutMs }: Identifying,
): Promise<RouterContext['authentication']> {
  let cancel: () => void = () => undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(timeoutMs, () => reject(new AuthenticatorTooSlow('it took too long')));
  });
  try {
    return await Promise.race([authenticator.authenticate(headers), tooSlow]);
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    cancel();
  }
}
