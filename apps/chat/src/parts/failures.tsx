import type { DefinitionResult, TurnkeeperClientError } from '@turnkeeper/client';
import type { PendingTurn } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { explainRejection } from '../workflow/explain-rejection.ts';
import { findField } from '../workflow/field.ts';

/** Returns a failure in plain words, without the server's reasons. */
export function explainFailure(error: TurnkeeperClientError | null): string {
  switch (error?.reason) {
    case undefined:
      return 'Something went wrong.';
    case 'UNREACHABLE':
      return error.httpStatus === 429
        ? 'Too many requests in a short time. Wait a moment.'
        : 'The server could not be reached. Check your connection.';
    case 'AGENT_FAILED':
      return 'The agent could not answer. Nothing was lost: your conversation is as it was before.';
    case 'AGENT_TIMEOUT':
      return 'The agent took too long to answer. Nothing was lost: your conversation is as it was before.';
    case 'CHOICES_UNAVAILABLE':
      return 'The choices could not be looked up. Nothing was lost: your conversation is as it was before.';
    case 'TURN_IN_PROGRESS':
      return 'An earlier message is still being answered.';
    case 'TURN_INTERRUPTED':
      return 'It was stopped, or a newer message took its place, before it was answered.';
    case 'LEASE_LOST':
    case 'STATE_CHANGED':
      return 'The conversation changed in the meantime.';
    case 'STATE_STORE_UNAVAILABLE':
    case 'OVERLOADED':
    case 'SHUTTING_DOWN':
    case 'AUTHENTICATION_UNAVAILABLE':
      return 'The service is not available at the moment.';
    case 'PAYLOAD_TOO_LARGE':
      return 'This is too much to send at once.';
    case 'UNKNOWN_CARD':
      return 'This card can no longer be answered.';
    case 'WORKFLOW_ENDED':
      return 'This conversation has already finished.';
    case 'WORKFLOW_NOT_FOUND':
      return 'This conversation is no longer here.';
    case 'FIELDS_MISSING':
      return 'Some required answers are still missing.';
    case 'NOTHING_TO_UNDO':
      return 'There is nothing to take back.';
    case 'BUDGET_SPENT':
      return 'This conversation has reached its limit, so it can’t continue. Start a new one.';
    case 'DEFINITION_CHANGED':
      return 'The workflow has changed, so this conversation can’t continue. Start a new one.';
    case 'CONVERSATION_UNREADABLE':
      return 'This conversation can no longer be opened. Delete it, or start a new one.';
    case 'UNKNOWN_WORKFLOW':
      return 'This workflow is no longer available.';
    case 'UNAUTHENTICATED':
      return 'You are not signed in, or your sign-in is no longer valid.';
    case 'TENANT_NOT_ALLOWED':
    case 'ROLE_NOT_ALLOWED':
      return 'Your account may not use this service.';
    case 'INVALID_INPUT':
      return 'This could not be accepted.';
    case 'OPENING_DIFFERS':
    case 'WORKFLOW_MISMATCH':
    case 'TURN_ID_REUSED':
    case 'ADDRESS_NOT_ALLOWED':
    case 'RATE_LIMITED':
    case 'INTERNAL':
      return error.message;
  }
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> = { one: 'st', two: 'nd', few: 'rd' };

/** Returns that a turn is still being sent: "Still trying, 2nd attempt." */
export function describeWait({ attempt }: Pick<PendingTurn, 'attempt'>): string {
  if (attempt === 1) return 'Still trying.';
  return `Still trying, ${attempt}${endings[ordinals.select(attempt)] ?? 'th'} attempt.`;
}

/** Returns why that takes so long. */
export function explainWait({ failedTry }: Pick<PendingTurn, 'failedTry'>): string {
  return failedTry === null ? 'There is no answer yet.' : explainTry(failedTry);
}

function explainTry({ reason }: TurnkeeperClientError): string {
  if (reason === 'UNREACHABLE') return 'The server could not be reached.';
  if (reason === 'AGENT_FAILED' || reason === 'AGENT_TIMEOUT') return 'The agent did not answer.';
  return 'The previous try did not get through.';
}

/** The faults of the input, one line each. */
export function FailureIssues({
  error,
  definition = null,
}: {
  readonly error: TurnkeeperClientError | null;
  /** Of the conversation, whose fields the faults may name. */
  readonly definition?: DefinitionResult | null;
}): JSX.Element | null {
  const issues = issuesOf(error, definition);
  if (issues.length === 0) return null;
  return (
    <ul className="failure__issues">
      {issues.map((issue) => (
        <li key={issue}>{issue}</li>
      ))}
    </ul>
  );
}

function issuesOf(
  error: TurnkeeperClientError | null,
  definition: DefinitionResult | null,
): readonly string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const name = path.replace(/^(?:input\.)?(?:data\.)?/, '');
    const field = findField(definition, name);
    if (field !== null) return `${field.label}: ${explainRejection(field, [message])}`;
    return name === '' ? message : `${name}: ${message}`;
  });
}

interface LoadFailureProps {
  readonly error: TurnkeeperClientError | null;
  readonly onRetry: () => void;
}

export function LoadFailure({ error, onRetry }: LoadFailureProps): JSX.Element {
  return (
    <div className="load-failure" role="alert">
      <h2>This could not be loaded</h2>
      <p>{explainFailure(error)}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
