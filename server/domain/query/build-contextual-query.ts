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
  /** What an agent has to be told of the past, oldest first; empty for one that was there. */
  readonly retold: readonly TurnRecord[];
}

export interface QueryOptions {
  /** The user's words, whole; `null` when the turn has none (a card action, the opening). */
  readonly userText: string | null;
  /** What stands in place of words in such a turn. */
  readonly occasion: string;
  /** What the preamble may take, in characters. The user's words do not count, they are never cut (I10). */
  readonly contextMaxChars: number;
  /** Yields random marks; the first that occurs nowhere in the texts is used. */
  readonly newMark: () => string;
}

/**
 * The query for the agent: what it must know of the conversation, then the user's words, each between delimiters that
 * carry a mark which neither the words nor any value can contain, so that nothing passes for what it is not (I10).
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

/** The collected values give way to the retelling for as much as a third of the room; it may have all that is left over. */
function renderWithRetelling(context: QueryContext, maxChars: number): string {
  const reservedChars = retellTurns(context.retold, Math.floor(maxChars / 3)).length;
  const briefing = renderPreamble(context, maxChars - reservedChars);
  return briefing + retellTurns(context.retold, maxChars - briefing.length);
}
