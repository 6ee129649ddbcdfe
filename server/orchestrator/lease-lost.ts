import { TurnkeeperError } from '../domain/errors.ts';

/** What a call is told whose lease has gone to another, or run out. */
export function leaseLost(): TurnkeeperError<'LEASE_LOST'> {
  return new TurnkeeperError(
    'LEASE_LOST',
    'This call lost its hold on the conversation. Nothing of it was stored; send it again.',
  );
}
