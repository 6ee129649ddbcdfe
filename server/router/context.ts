import type { Dependencies } from '../orchestrator/dependencies.ts';
import type { Authentication } from '../orchestrator/ports/authenticator.ts';

/** What every procedure is given: ports and the caller, nothing of the server's libraries. */
export interface RouterContext {
  readonly authentication: Authentication;
  readonly dependencies: Dependencies;
  /** Whether errors may carry their stack and cause: for development only. */
  readonly showsCauses: boolean;
}
