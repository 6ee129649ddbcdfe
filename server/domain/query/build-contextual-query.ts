/**
 * The query of a turn: the text that the agent is sent.
 *
 * The job: write the preamble (steps, missing fields with their schemas, collected values, retold turns) and, after it,
 * the user's words. The boundary: it is pure, and knows no agent and no wire; the use case decides what is retold. It
 * keeps that
 * - the user's words reach the agent whole: only the preamble has a budget, which its parts share (I10);
 * - neither words nor values can pass for context, because the delimiters' mark occurs in none of them (I10);
 * - the preamble does not grow with the conversation (I9).
 */
import type { CollectedFields } from '../../../workflows/definition/json.ts';
import type { Position } from '../position.ts';
import type { TranscriptTurn } from '../result.ts';
import type { Workflow } from '../workflow.ts';
import { renderPreamble } from './render-preamble.ts';
import { retellTurns } from './retell-turns.ts';

export interface QueryContext {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /**
   * The facts that the conversation was opened with and the agent may know.
   * @default none
   */
  readonly facts?: CollectedFields;
  readonly turnNumber: number;
  /** The past turns to retell to the agent, oldest first; empty if it knows them. */
  readonly retold: readonly TranscriptTurn[];
  /**
   * The fields that the person has set, or taken back, in this turn.
   * @default none
   */
  readonly settled?: readonly string[];
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

/** Builds the query of one turn. Each of its two parts is between delimiters that contain the same random mark. */
export function buildContextualQuery(context: QueryContext, options: QueryOptions): string {
  const preamble = [
    renderWithRetelling(context, options.contextMaxChars),
    factsNote(context.facts),
    settledNote(context.settled),
  ].join('');
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

/** The facts are bounded where they are taken (limits.contextChars). */
function factsNote(facts: CollectedFields = {}): string {
  const lines = Object.entries(facts).map(([name, fact]) => `- ${name}: ${JSON.stringify(fact)}`);
  return lines.length === 0
    ? ''
    : `\n\nFacts about this conversation, which nobody changes:\n${lines.join('\n')}`;
}

/** Names alone: the values are among those collected. */
function settledNote(settled: readonly string[] = []): string {
  if (settled.length === 0) return '';
  return `\n\nThe person has just set or taken back these fields directly. They are right as they are; do not send them in "data": ${settled.join(', ')}`;
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
