import type { TurnkeeperClientError } from '@turnkeeper/client';
import type { PendingTurn } from '@turnkeeper/client/react';

/** Why something failed, for somebody who has never heard of the server's reasons. */
export function explainFailure(error: TurnkeeperClientError | null): string {
  switch (error?.reason) {
    case undefined:
      return 'Something went wrong.';
    case 'UNREACHABLE':
      return error.httpStatus === 429
        ? 'That was a lot in a short time. Wait a moment.'
        : 'The server could not be reached. Check your connection.';
    case 'AGENT_FAILED':
      return 'The agent could not answer. Nothing was lost: your conversation is as it was before.';
    case 'AGENT_TIMEOUT':
      return 'The agent took too long to answer. Nothing was lost: your conversation is as it was before.';
    case 'TURN_IN_PROGRESS':
      return 'An earlier message is still being answered.';
    case 'TURN_INTERRUPTED':
      return 'Another message took its place while this was being answered.';
    case 'LEASE_LOST':
    case 'STATE_CHANGED':
      return 'The conversation changed in the meantime.';
    case 'STATE_STORE_UNAVAILABLE':
    case 'OVERLOADED':
    case 'SHUTTING_DOWN':
    case 'AUTHENTICATION_UNAVAILABLE':
      return 'The service is not available at the moment.';
    case 'RATE_LIMITED':
      return 'That was a lot in a short time. Wait a moment.';
    case 'PAYLOAD_TOO_LARGE':
      return 'That is more than can be sent at once.';
    case 'UNKNOWN_CARD':
      return 'This card can’t be answered any more.';
    case 'WORKFLOW_ENDED':
      return 'This conversation has finished already.';
    case 'WORKFLOW_NOT_FOUND':
      return 'This conversation is not here any more.';
    case 'FIELDS_MISSING':
      return 'Some answers that are needed are still missing.';
    case 'DEFINITION_CHANGED':
      return 'The procedure was changed so much that this conversation can’t go on. Start a new one.';
    case 'CONVERSATION_UNREADABLE':
      return 'This conversation can’t be opened any more. Delete it, or start a new one.';
    case 'UNKNOWN_WORKFLOW':
      return 'There is no such procedure here any more.';
    case 'UNAUTHENTICATED':
    case 'TENANT_NOT_ALLOWED':
      return 'You are not signed in, or may not do this.';
    case 'INVALID_INPUT':
      return 'This could not be accepted.';
    case 'WORKFLOW_MISMATCH':
    case 'TURN_ID_REUSED':
    case 'ADDRESS_NOT_ALLOWED':
    case 'INTERNAL':
      return error.message;
  }
}

/** Why a turn that is still being sent takes its time. */
export function explainWait({ failedTry, attempt }: Pick<PendingTurn, 'failedTry' | 'attempt'>): string {
  if (failedTry === null) return 'There is no answer yet.';
  return `Try ${attempt} is on its way. ${explainTry(failedTry)}`;
}

function explainTry({ reason }: TurnkeeperClientError): string {
  if (reason === 'UNREACHABLE') return 'The server could not be reached.';
  if (reason === 'AGENT_FAILED' || reason === 'AGENT_TIMEOUT') return 'The agent did not answer.';
  return 'The one before did not get through.';
}

/** What is wrong with what was entered, a line each. */
export function issuesOf(error: TurnkeeperClientError | null): readonly string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const name = path.replace(/^(?:input\.)?(?:data\.)?/, '');
    return name === '' ? message : `${name}: ${message}`;
  });
}
