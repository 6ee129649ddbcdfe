import type { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import { cutTo } from '../domain/json.ts';
import { limits } from '../domain/limits.ts';

/** The message for a request that holds no input, or holds it in the wrong place. */
export const envelopeMessage =
  'The request must carry its input as JSON, wrapped as superjson does: {"json": { … }}.';

/** An INVALID_INPUT with every fault by its place; the message names the first. */
export function invalidInput(
  what: string,
  issues: readonly Issue[],
  cause?: unknown,
): TurnkeeperError<'INVALID_INPUT'> {
  const [first] = issues;
  if (first === undefined || first.path === '') {
    // The whole is wrong where it was sent without superjson's wrapping.
    return new TurnkeeperError('INVALID_INPUT', envelopeMessage, { issues, cause });
  }
  const place = cutTo(first.path, limits.issuePathChars);
  const fault = cutTo(first.message, limits.issueMessageChars);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new TurnkeeperError('INVALID_INPUT', `${what}: ${place}: ${fault}${more}`, { issues, cause });
}

/** The faults that a procedure's schema finds. An unknown key has a path of its own, so that a client can point at it. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known key' }));
  });
}
