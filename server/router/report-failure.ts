import { TRPCError } from '@trpc/server';
import { isTurnkeeperError } from '../domain/errors.ts';
import { ConversationUnreadable } from '../domain/stored-conversation.ts';
import { describeCause } from '../orchestrator/failures.ts';
import type { Dependencies } from '../orchestrator/dependencies.ts';
import { CallerUnknown, UnexpectedError, toFailure, toTrpcError } from './failure.ts';

/** Logs a failure that is not the caller's fault, and returns the error that tRPC throws for it. */
export function reportFailure(
  { ids, observer }: Pick<Dependencies, 'ids' | 'observer'>,
  path: string,
  thrown: unknown,
): TRPCError {
  const failure = toFailure(thrown, () => ids.errorId());
  if (failure instanceof UnexpectedError) {
    const error = thrown instanceof TRPCError ? (thrown.cause ?? thrown) : thrown;
    observer.tell({ type: 'error.unexpected', errorId: failure.errorId, error });
  }
  if (failure instanceof CallerUnknown) {
    const { errorId, cause } = failure;
    observer.tell({ type: 'authentication.failed', errorId, call: path, cause: nameAndCode(cause) });
  }
  if (failure instanceof ConversationUnreadable) {
    const { key, fault } = failure;
    observer.tell({ type: 'conversation.unreadable', key, call: path, fault });
  }
  // A turn reports its own failures.
  if (failure.reason === 'STATE_STORE_UNAVAILABLE' && path !== 'workflow.turn') {
    observer.tell({ type: 'call.failed', call: path, reason: failure.reason, ...describeCause(failure) });
  }
  return toTrpcError(failure);
}

/** Logs a failure outside of all procedures: before there was a context, or while an answer was written. */
export function reportUnhandled(
  { ids, observer }: Pick<Dependencies, 'ids' | 'observer'>,
  error: TRPCError,
): void {
  // A procedure has logged its failure already, as one of the product's errors.
  if (isTurnkeeperError(error.cause)) return;
  const failure = toFailure(error, () => ids.errorId());
  if (!(failure instanceof UnexpectedError)) return;
  observer.tell({ type: 'error.unexpected', errorId: failure.errorId, error: error.cause ?? error });
}

/** The error's name and code. An authenticator's message may quote the caller's token, so it is not logged. */
function nameAndCode(error: unknown): string {
  if (!(error instanceof Error)) return 'a thrown value that is no Error';
  const code = codeOf(error) ?? codeOf(error.cause);
  return code === null ? error.name : `${error.name} (${code})`;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code) ? error.code : null;
}
