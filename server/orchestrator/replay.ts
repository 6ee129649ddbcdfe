import { TurnkeeperError } from '../domain/errors.ts';
import type { TurnRecord } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Comparison } from './input-digest.ts';
import { workflowMismatch } from './find-workflow.ts';
import type { CommittedTurn } from './ports/workflow-state-store.ts';

interface Repeated {
  /** Whether it came with the input that the turn id was used with. */
  readonly comparison: Comparison;
  /** The workflow that the caller named, if one was. */
  readonly named: Workflow | null;
}

/**
 * What a repeated turn id answers: the turn as it was recorded (I4).
 * @throws TurnkeeperError TURN_ID_REUSED when it came with other input, or that can't be told, or when its record has left the
 * transcript: running it again would make it happen twice; WORKFLOW_MISMATCH when the caller named another workflow
 */
export function replayOf(used: CommittedTurn, { comparison, named }: Repeated): TurnRecord {
  if (comparison === 'unknown') {
    throw new TurnkeeperError(
      'TURN_ID_REUSED',
      `This turn id was already used by turn ${used.turnNumber}. Whether with the same input can't be told any more, because the server's ` +
        'DIGEST_SECRET has changed. It is not run again.',
      { issues: [{ path: 'turnId', message: 'was used with input that can not be compared any more' }] },
    );
  }
  if (comparison === 'other') {
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
  if (named !== null && named.id !== used.record.workflowId) throw workflowMismatch(used.record.workflowId);
  return used.record;
}
