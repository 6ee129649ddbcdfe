import { TurnkeeperError } from '../domain/errors.ts';

/** What the caller of an interrupted turn, or end, is told. */
export function turnInterrupted(): TurnkeeperError<'TURN_INTERRUPTED'> {
  return new TurnkeeperError(
    'TURN_INTERRUPTED',
    'Another call took the place of this one. Nothing of it was stored. Send it again only if it is still wanted.',
  );
}
