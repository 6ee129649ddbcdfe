import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { leaseLost } from './lease-lost.ts';
import { OutcomeUnknown } from './outcome-unknown.ts';
import type { CommitResult } from './ports/workflow-state-store.ts';
import { turnInterrupted } from './turn-interrupted.ts';

/**
 * Carries out a commit and turns every result but success into the error that says so.
 * @throws TurnkeeperError LEASE_LOST, TURN_INTERRUPTED, STATE_CHANGED (nothing was stored) or OutcomeUnknown
 */
export async function commitOrThrow(commit: () => Promise<CommitResult>): Promise<void> {
  const result = await sent(commit);
  switch (result) {
    case 'committed':
      return;
    case 'lease-lost':
      throw leaseLost();
    case 'interrupted':
      throw turnInterrupted();
    case 'state-changed':
      throw new TurnkeeperError(
        'STATE_CHANGED',
        'The conversation changed while this call ran. Nothing of it was stored; send it again.',
      );
  }
}

async function sent(commit: () => Promise<CommitResult>): Promise<CommitResult> {
  try {
    return await commit();
  } catch (error) {
    if (isTurnkeeperError(error, 'STATE_STORE_UNAVAILABLE')) throw new OutcomeUnknown(error);
    throw error;
  }
}
