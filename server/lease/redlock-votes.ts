import { ExecutionError, ResourceLockedError } from 'redlock';

/**
 * Whether redlock failed because another holds the lease. It throws one and the same error for that and for a Redis
 * that is gone; only the votes tell: there must be some, and each one against must say "locked", in every attempt.
 */
export async function isContention(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError) || error.attempts.length === 0) return false;
  const attempts = await Promise.all(error.attempts);
  return attempts.every(
    ({ votesAgainst }) =>
      votesAgainst.size > 0 &&
      [...votesAgainst.values()].every((vote) => vote instanceof ResourceLockedError),
  );
}

/** Whether redlock did not even ask for an extension, because the lease has run out by its own clock. */
export function hasRunOut(error: unknown): boolean {
  return error instanceof ExecutionError && error.attempts.length === 0;
}

/** What is behind redlock's error, which says the same of everything: the first vote that was not just "locked". */
export async function faultBehind(error: unknown): Promise<unknown> {
  if (!(error instanceof ExecutionError)) return error;
  const attempts = await Promise.all(error.attempts);
  const votes = attempts.flatMap(({ votesAgainst }) => [...votesAgainst.values()]);
  return votes.find((vote) => !(vote instanceof ResourceLockedError)) ?? error;
}
