import { InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import { TurnkeeperError, isTurnkeeperError } from '../../../domain/errors.ts';
import { AgentFailure } from '../../../answer/agent-failure.ts';
import type { EntraApplication } from './entra-application.ts';

interface Refusal {
  readonly mode: EntraApplication['mode'];
  /** The HTTP status of the last answer; null when there was none. */
  readonly status: number | null;
  readonly retryAfterMs: number | undefined;
}

/** OAuth's errors (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6) that are about what the user signed in with. */
const aboutTheUser = ['invalid_grant', 'interaction_required', 'consent_required', 'login_required'];

/**
 * Why the authority gave no token, in codes alone: what it says in words may quote what it was sent. The agent was not
 * asked for anything yet.
 */
export function toEntraFailure(error: unknown, { mode, status, retryAfterMs }: Refusal): Error {
  if (isTurnkeeperError(error)) return error;
  const codes = codesOf(error);
  const why = codes.length > 0 ? codes.join(', ') : describeStatus(status);
  const failure = new AgentFailure('refused', `Microsoft Entra ID gave no token for the agent (${why})`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  if (mode === 'client-credentials' || !aboutTheUser.some((code) => codes.includes(code))) return failure;
  return new TurnkeeperError(
    'UNAUTHENTICATED',
    `Microsoft Entra ID gave no token in your name for the agent (${why}): sign in again.`,
    { cause: failure },
  );
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof ServerError || error instanceof InteractionRequiredAuthError)) return [];
  const { errorCode, errorNo } = error;
  return [
    ...(/^[a-z_]{1,40}$/.test(errorCode) ? [errorCode] : []),
    ...(/^\d{1,10}$/.test(String(errorNo)) ? [`AADSTS${String(errorNo)}`] : []),
  ];
}

function describeStatus(status: number | null): string {
  if (status === null) return 'it could not be reached';
  return `its answer, HTTP ${status}, is not one of a token endpoint`;
}
