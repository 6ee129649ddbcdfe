import { TurnkeeperError } from '../domain/errors.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { UsedTurnId } from './ports/workflow-state-store.ts';

interface Repeated {
  readonly turnId: string;
  readonly digest: string;
}

/**
 * What a repeated turn id answers: the turn as it was recorded (I4).
 * @throws TurnkeeperError TURN_ID_REUSED when it came with other input, or when its record has left the transcript:
 * running it again would make it happen twice
 */
export function replayOf(used: UsedTurnId, { digest }: Repeated): TurnRecord {
  if (used.inputDigest !== digest) {
    throw new TurnkeeperError(
      'TURN_ID_REUSED',
      `This turn id was already used, with other input, by turn ${used.turnNumber}. Send a new id with new input.`,
      { issues: [{ path: 'turnId', message: 'was used with other input' }] },
    );
  }
  if (used.record === null) {
    throw new TurnkeeperError(
      'TURN_ID_REUSED',
      `This turn id was used by turn ${used.turnNumber}, which the transcript no longer holds. It is not run again.`,
      { issues: [{ path: 'turnId', message: 'belongs to a turn whose record is no longer kept' }] },
    );
  }
  return used.record;
}
