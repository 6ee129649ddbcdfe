import { TurnkeeperError } from '../domain/errors.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { Comparison, InputDigests } from './input-digest.ts';
import { workflowMismatch } from './open-or-resume.ts';
import type { CommittedTurn, KnownTurn } from './ports/workflow-state-store.ts';
import type { Turn } from './turn.ts';

/**
 * The record of the turn that a repeated turn id named (I4).
 * @throws TurnkeeperError TURN_ID_REUSED when the input differs, or can't be compared any more, or when the record has
 * left the transcript, or the id may be one of those: running the turn again would make it happen twice;
 * WORKFLOW_MISMATCH when the caller named another workflow
 */
export function recordedTurn(digests: InputDigests, turn: Turn, committed: CommittedTurn): TurnRecord {
  if (committed === 'forgotten') throw forgotten();
  const { inputDigest, record } = committed;
  requireSameInput(digests.compare(inputDigest, turn), committed);
  if (record === null) {
    throw new TurnkeeperError(
      'TURN_ID_REUSED',
      `This turn id was used by turn ${committed.turnNumber}, which the transcript no longer holds. It is not run again.`,
      { issues: [{ path: 'turnId', message: 'belongs to a turn whose record is no longer kept' }] },
    );
  }
  if (turn.named !== null && turn.named.id !== record.workflowId) throw workflowMismatch(record.workflowId);
  return record;
}

/** Rarely the id is a new one after all, so the caller is told to choose another (docs/decisions/0064). */
function forgotten(): TurnkeeperError<'TURN_ID_REUSED'> {
  return new TurnkeeperError(
    'TURN_ID_REUSED',
    'This turn id was used by a turn that the transcript no longer holds, or can not be told from such a one. It is not run ' +
      'again. Send a new turn with a new id.',
    { issues: [{ path: 'turnId', message: 'belongs to a turn whose record is no longer kept' }] },
  );
}

function requireSameInput(comparison: Comparison, { turnNumber }: KnownTurn): void {
  switch (comparison) {
    case 'same':
      return;
    case 'other':
      throw new TurnkeeperError(
        'TURN_ID_REUSED',
        `This turn id was already used, with other input, by turn ${turnNumber}. Send a new id with new input.`,
        { issues: [{ path: 'turnId', message: 'was used with other input' }] },
      );
    case 'unknown':
      throw new TurnkeeperError(
        'TURN_ID_REUSED',
        `This turn id was already used by turn ${turnNumber}. Whether with the same input can't be told any more, because the server's ` +
          'DIGEST_SECRET has changed. It is not run again.',
        { issues: [{ path: 'turnId', message: 'was used with input that can not be compared any more' }] },
      );
  }
}
