import type { Json } from '../../../workflows/definition/json.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf, isFreeText } from './field/field-facts.ts';
import type { FieldFacts } from './field/field-facts.ts';
import { findOnly, isTellingChoice } from './single-value.ts';
import type { FoundValue } from './single-value.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { plainWords } from './field/plain-words.ts';
import { readFieldAnswer } from './read-answer/read-field-answer.ts';
import type { Span } from './read-answer/field-reading.ts';
import { withoutStop } from './read-answer/words.ts';

const longestText = 500;
const clauseEnd = /[,;\n]+|\.\s|\s(?:and|but|also|plus)\s/gi;
const leads = /^(?:and |also |it'?s |it is |i'?m |i am |i'?ll be |is |being |my |the )+/i;
const polite = /^(?:please|thanks|thank you|thx|cheers|ok|okay)?$/;
/** A label with such an ending is followed by its value, wherever it stands: "covered by". */
const endsOpen = /\s(?:by|at|for|with|from|to|on)$/i;

/**
 * Reads the clauses that hold a value on their own: a choice and nothing else ("…, annual leave"), or a label of
 * several words with its value ("…, covered by Ann Lee"). Such a clause may be about a later step. It is ignored if it
 * fits two fields, or the asked one.
 */
export function readClauses(
  text: string,
  turn: GuidedTurn,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, FoundValue> {
  const values = new Map<string, FoundValue>();
  if (text.length > longestText) return values;
  const fields = applicableFields(turn.position).filter((field) => turn.collected[field.name] === undefined);
  // Clauses are read from the end: a name may continue after a comma, so it is taken only if every clause after it is
  // understood.
  let isClearAfter = true;
  for (const clause of clausesOf(text, fields).reverse()) {
    const owners = fields.flatMap((field) => {
      const value = valueOfClause(field, clause.text, { isClearAfter, now: turn.now });
      return value === null ? [] : [{ field, value }];
    });
    const [owner, ...rivals] = owners;
    const isOthers = owner !== undefined && rivals.length === 0 && !taken.has(owner.field.name);
    if (isOthers && !values.has(owner.field.name)) {
      values.set(owner.field.name, { value: owner.value, spans: [clause] });
    }
    isClearAfter &&= owner !== undefined || isClauseUnderstood(clause.text, fields, turn.now);
  }
  return values;
}

interface Clause extends Span {
  readonly text: string;
}

function clausesOf(text: string, fields: readonly Field[]): Clause[] {
  const openLabels = fields.map(labelOf).filter((label) => endsOpen.test(label));
  return pieces(text).flatMap((clause) => {
    const starts = openLabels
      .map((label) => clause.text.toLowerCase().indexOf(` ${label.toLowerCase()} `))
      .filter((at) => at > 0);
    const [at] = starts;
    if (at === undefined || starts.length > 1) return [clause];
    return [piece(text, clause.start, clause.start + at), piece(text, clause.start + at, clause.end)];
  });
}

function pieces(text: string): Clause[] {
  const found: Clause[] = [];
  let start = 0;
  for (const match of text.matchAll(clauseEnd)) {
    found.push(piece(text, start, match.index));
    start = match.index + match[0].length;
  }
  return [...found, piece(text, start, text.length)];
}

/** A part of a text, without the space around it. */
function piece(text: string, start: number, end: number): Clause {
  const said = text.slice(start, end);
  const from = start + (said.length - said.trimStart().length);
  const trimmed = said.trim();
  return { text: trimmed, start: from, end: from + trimmed.length };
}

interface ClauseOptions {
  readonly isClearAfter: boolean;
  readonly now: number;
}

function valueOfClause(field: Field, clause: string, { isClearAfter, now }: ClauseOptions): Json | null {
  const facts = factsOf(field);
  const said = clause.replace(leads, '');
  if (facts.kind === 'choice') {
    const choice = wholeChoice(facts, said);
    if (choice !== null) return choice;
  }
  const label = labelOf(field);
  const isLed = label.includes(' ') && said.toLowerCase().startsWith(`${label.toLowerCase()} `);
  if (!isLed || (isFreeText(field) && !isClearAfter)) return null;
  const value = said.slice(label.length).trim();
  const reading = readFieldAnswer(field, isFreeText(field) ? withoutStop(value) : value, now);
  return reading.kind === 'value' ? reading.value : null;
}

/** Returns the choice that a text states word for word, with nothing else. */
export function wholeChoice({ choices }: FieldFacts, text: string): string | null {
  const said = plainWords(text);
  const [choice, ...others] = choices.filter(({ value, title }) =>
    [value, title].some((name) => plainWords(name) === said),
  );
  return choice !== undefined && others.length === 0 && isTellingChoice(choice.title) ? choice.value : null;
}

function isClauseUnderstood(clause: string, fields: readonly Field[], now: number): boolean {
  if (polite.test(plainWords(clause))) return true;
  return fields.some((field) => findOnly(field, factsOf(field), clause, now) !== null);
}
