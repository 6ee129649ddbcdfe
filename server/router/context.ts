import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authentication } from '../orchestrator/ports/authenticator.ts';

/** The authenticator failed, or took too long: every call of the request fails, and may be tried again. */
interface AuthenticationFailed {
  readonly kind: 'failed';
  readonly error: unknown;
}

/** What every procedure is given: ports and the caller, nothing of the server's libraries. */
export interface RouterContext {
  readonly authentication: Authentication | AuthenticationFailed;
  readonly dependencies: Dependencies;
  /** Whether errors carry their stack and cause: for development only. */
  readonly showsCauses: boolean;
}
