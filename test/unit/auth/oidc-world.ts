import { OidcAuthenticator } from '../../../server/auth/oidc-authenticator.ts';
import type { TrustedIssuer } from '../../../server/auth/oidc-authenticator.ts';
import type { Clock } from '../../../server/orchestrator/ports/clock.ts';
import type { TurnkeeperEvent } from '../../../server/orchestrator/ports/observer.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { audience } from '../../support/open-id-provider.ts';

const userIdSecret = 'the secret of user ids in these tests';

/** Rules for the tokens of `startOpenIdProvider`. */
export function trusted(issuer: string, changes: Partial<TrustedIssuer> = {}): TrustedIssuer {
  return {
    issuer,
    audiences: [audience],
    algorithms: ['RS256', 'ES256'],
    clockToleranceSeconds: 60,
    claims: {
      tenant: { kind: 'claim', path: ['tid'] },
      allowedTenants: null,
      user: ['sub'],
      roles: null,
    },
    ...changes,
  };
}

interface World {
  readonly issuers: readonly TrustedIssuer[];
  readonly timeoutMs?: number;
  readonly secret?: string;
}

/** An authenticator whose clock can be moved away from the machine's. */
export function authenticatorFor({ issuers, timeoutMs = 60_000, secret = userIdSecret }: World) {
  let aheadMs = 0;
  const clock: Clock = {
    now: () => Date.now() + aheadMs,
    after: (delay, then) => systemClock.after(delay, then),
  };
  const events: TurnkeeperEvent[] = [];
  const authenticator = new OidcAuthenticator({
    issuers,
    userIdSecret: secret,
    clock,
    observer: { tell: (event) => void events.push(event) },
    timeoutMs,
  });
  return {
    authenticator,
    events,
    /** Moves the server's clock. */
    advance: (byMs: number): void => {
      aheadMs += byMs;
    },
    /** Asks who sends this token. */
    ask: (token: string, headers: Readonly<Record<string, string>> = {}) =>
      authenticator.authenticate({ authorization: `Bearer ${token}`, ...headers }),
  };
}
