import type { Issue } from '../../contract/errors.ts';
import type { TurnMetadata } from '../../contract/results.ts';
import { TurnkeeperError } from './errors.ts';

/** The issues of values that a caller sent and the workflow does not take, each at its place in the input. */
export function issuesAt(
  place: string,
  { ignored, rejected }: Pick<TurnMetadata, 'ignored' | 'rejected'>,
): Issue[] {
  return [
    ...ignored.map((field) => ({ field, issues: ['is no field of this workflow'] })),
    ...rejected,
  ].flatMap(({ field, issues }) => issues.map((message) => ({ path: `${place}.${field}`, message })));
}

export function fieldsRefused(issues: readonly Issue[]): TurnkeeperError<'INVALID_INPUT'> {
  return new TurnkeeperError('INVALID_INPUT', 'The workflow refuses these fields. None of them was set.', {
    issues,
  });
}

export function openingRefused(issues: readonly Issue[]): TurnkeeperError<'INVALID_INPUT'> {
  return new TurnkeeperError(
    'INVALID_INPUT',
    'The workflow refuses this opening. No conversation was opened.',
    {
      issues,
    },
  );
}
