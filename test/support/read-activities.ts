import type { Activity } from '../../server/answer/activity.ts';
import { normalizeAnswer } from '../../server/answer/normalize/normalize-answer.ts';
import type { NormalizedAnswer } from '../../server/answer/normalize/normalize-answer.ts';
import { parseTurn } from '../../server/answer/parse-turn.ts';
import { AnswerReader } from '../../server/answer/read-answer.ts';
import type { ReadAnswer } from '../../server/answer/read-answer.ts';
import type { ParsedTurn } from '../../server/domain/parsed-turn.ts';
import { limits } from '../../server/domain/limits.ts';

/** Reads activities as an answer, without the limits on a whole answer. */
function readActivities(activities: readonly Activity[]): ReadAnswer {
  const reader = new AnswerReader();
  for (const activity of activities) reader.take(activity);
  return reader.read();
}

export function parseActivities(
  activities: readonly Activity[],
  names?: Parameters<typeof parseTurn>[1],
): ParsedTurn {
  return parseTurn(readActivities(activities), names);
}

/** Returns the messages of activities, and everything reported while reading them. */
export function normalizeActivities(
  activities: readonly Activity[],
  options: Parameters<typeof normalizeAnswer>[1],
): NormalizedAnswer {
  const answer = readActivities(activities);
  const { messages, issues } = normalizeAnswer(answer, options);
  return { messages, issues: [...new Set([...answer.issues, ...issues])].slice(0, limits.parseIssues) };
}
