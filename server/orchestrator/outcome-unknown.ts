import { TurnkeeperError } from '../domain/errors.ts';

/** Something was sent to be stored, and nobody confirmed it in time: it may have happened. */
export class OutcomeUnknown extends TurnkeeperError<'STATE_STORE_UNAVAILABLE'> {
  constructor(cause: unknown) {
    super(
      'STATE_STORE_UNAVAILABLE',
      'The state store did not confirm in time, so whether this took effect is unknown. ' +
        'Send the same call again, a turn with the same turn id: that settles it.',
      { cause, retryAfterMs: 1_000 },
    );
  }
}
