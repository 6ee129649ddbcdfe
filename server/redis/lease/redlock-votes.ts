import { ExecutionError, ResourceLockedError } from 'redlock';

/**
 * Whether redlock failed because another holds the lease, or is just taking it. It throws one and the same error for that
 * and for a Redis that is gone; only the votes tell: there must be some, at least one must say "locked", and those that
 * could be cast at all must be a majority, in every attempt. On one Redis that is: its one vote says "locked".
 */
export async function isContention(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError) || error.attempts.length === 0) return false;
  const attempts = await Promise.all(error.attempts);
  return attempts.every(({ votesFor, votesAgainst, quorumSize }) => {
    const locked = [...votesAgainst.values()].filter((vote) => vote instanceof ResourceLockedError).length;
    return locked > 0 && votesFor.size + locked >= quorumSize;
  });
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
