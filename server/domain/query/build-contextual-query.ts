import type { CollectedFields } from '../../../workflows/definition/json.ts';
import type { Position } from '../position.ts';
import type { TurnRecord } from '../result.ts';
import type { Workflow } from '../workflow.ts';
import { renderPreamble } from './render-preamble.ts';
import { retellTurns } from './retell-turns.ts';

export interface QueryContext {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  readonly turnNumber: number;
  /** The past turns that the agent has to be told of, oldest first; empty where it knows them. */
  readonly retold: readonly TurnRecord[];
}

export interface QueryOptions {
  /** The user's words, whole; `null` when the turn has none (a card action, the opening). */
  readonly userText: string | null;
  /** The text that takes the place of words in such a turn. */
  readonly occasion: string;
  /** Room for the preamble, in characters. The user's words do not count, they are never cut (I10). */
  readonly contextMaxChars: number;
  /** Yields random marks; the first that occurs nowhere in the texts is used. */
  readonly newMark: () => string;
}

/**
 * Builds the query for the agent: the preamble, then the user's words, whole. Each is between delimiters with a mark that
 * occurs neither in the words nor in any value, so that the words can't pass for context (I10). The preamble has a budget;
 * the words have none.
 */
export function buildContextualQuery(context: QueryContext, options: QueryOptions): string {
  const preamble = renderWithRetelling(context, options.contextMaxChars);
  const words = options.userText ?? options.occasion;
  const mark = unusedMark(options.newMark, [preamble, words]);
  const userLabel = options.userText === null ? 'occasion' : 'user';
  return [
    `[context ${mark}]`,
    preamble,
    `[end of context ${mark}]`,
    `[${userLabel} ${mark}]`,
    words,
    `[end of ${userLabel} ${mark}]`,
  ].join('\n');
}

function unusedMark(newMark: () => string, texts: readonly string[]): string {
  let mark = newMark();
  while (texts.some((text) => text.includes(mark))) mark = newMark();
  return mark;
}

/** The retelling gets up to a third of the room before the collected values, and all the room that they leave. */
function renderWithRetelling(context: QueryContext, maxChars: number): string {
  const reservedChars = retellTurns(context.retold, Math.floor(maxChars / 3)).length;
  const briefing = renderPreamble(context, maxChars - reservedChars);
  return briefing + retellTurns(context.retold, maxChars - briefing.length);
}
