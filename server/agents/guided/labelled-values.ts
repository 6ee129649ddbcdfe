import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf, isFreeText } from './field/field-facts.ts';
import { isLabelOf, resolveByLabel, resolveField } from './field-reference.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { readFieldAnswer } from './read-answer/read-field-answer.ts';
import { straightQuotes } from './field/plain-words.ts';

/** A part of a message that names the field it is for: "the phone is 123", "email: a@b.c", "change the days to 7". */
export interface LabelledValue {
  readonly field: Field;
  readonly text: string;
}

export interface LabelledText {
  /** The text before the first label: the answer to the last question. */
  readonly head: string;
  readonly labelled: readonly LabelledValue[];
}

interface DelimitedClause {
  readonly text: string;
  readonly start: number;
  /** The start of the delimiter before the clause. */
  readonly cutAt: number;
}

const delimiter =
  /\n+|[;,.][ \t]+(?:(?:and|but|also|plus)[ \t]+)?|[ \t]{1,3}(?:and|but|also|plus)[ \t]{1,3}/gi;
const mostClauses = 60;
const longestLabel = 160;

const fillers =
  /^(?:(?:and|but|also|please|well|wait|oops|sorry|hey|hi|hello|then|so|ok|okay|yes|yeah|no|nope|actually|correction|i meant|i mean|rather|instead)(?:[,.!:]+\s*|\s+))+/i;
const correcting = /\b(?:no|nope|actually|sorry|oops|wait|correction|i meant|i mean|rather|instead)\b/i;
const requesting =
  /^(?:(?:can|could|would|will) (?:you|we|i) (?:please )?|please |let's |let me |i (?:want|need|would like|have) to |i'd like to )*(?:change|set|update|correct|make|edit|fix|replace|switch|put|modify)\s+/i;
const articles = /^(?:the|my|our|your|their|its|his|her|this)\s+/i;
const changeConnector =
  /^(.{1,60}?)(?:\s+from\s.{1,80}?)?\s*(?:\s(?:to be|to|as|into|with|should be|is)|=>|->|[=:])\s+(\S[^]*)$/i;
const plainConnector =
  /^([^:=?!,;\n]{1,60}?)\s*(?::|=|\s(?:is called|are called|is now|should be|will be|would be|must be|was|is|are))\s*(?=\S)([^]*)$/i;
const wrongness =
  /^(.{1,60}?) (?:is|was|are|looks|seems) (?:wrong|incorrect|not (?:right|correct)|off|mistaken)\W*$/i;

/** Splits a message into the values under labels of fields and the text before the first label. */
export function readLabels(text: string, turn: GuidedTurn): LabelledText {
  const labelled: LabelledValue[] = [];
  let headEnd = text.length;
  const clauses = delimitedClauses(text);
  const starts: { clause: DelimitedClause; label: Label }[] = [];
  let isChange = false;
  let readUpTo = 0;
  for (const clause of clauses) {
    // A label may contain the delimiter of a clause: "yes and change the days to 7".
    if (clause.start < readUpTo) continue;
    const label = labelOfClause(clause, turn, isChange);
    if (label === null) continue;
    isChange ||= label.isRequest;
    readUpTo = clause.start + label.valueAt;
    // An object or a list keeps all its parts, even those that are named like a field.
    const { kind } = factsOf(label.field);
    if (kind === 'object' || kind === 'list') readUpTo += jsonLength(text.slice(readUpTo));
    starts.push({ clause, label });
  }
  starts.forEach(({ clause, label }, index) => {
    if (index === 0) headEnd = clause.cutAt;
    const valueStart = clause.start + label.valueAt;
    const value = text.slice(valueStart, starts[index + 1]?.clause.cutAt ?? text.length).trim();
    labelled.push({ field: label.field, text: value });
  });
  return { head: text.slice(0, headEnd).trim(), labelled };
}

function delimitedClauses(text: string): DelimitedClause[] {
  const clauses: DelimitedClause[] = [];
  let start = 0;
  let cutAt = 0;
  for (const match of text.matchAll(delimiter)) {
    clauses.push({ text: text.slice(start), start, cutAt });
    start = match.index + match[0].length;
    // A full stop may belong to the value before it: "Acme Inc."
    cutAt = match.index + (match[0].startsWith('.') ? 1 : 0);
    if (clauses.length >= mostClauses) break;
  }
  clauses.push({ text: text.slice(start), start, cutAt });
  return clauses;
}

interface Label {
  readonly field: Field;
  readonly valueAt: number;
  readonly isRequest: boolean;
}

/** Returns the label that a clause begins with, if its field can take the words after it. */
function labelOfClause(clause: DelimitedClause, turn: GuidedTurn, afterChange: boolean): Label | null {
  const said = straightQuotes(clause.text.slice(0, longestLabel));
  const filler = fillers.exec(said)?.[0] ?? '';
  const request = requesting.exec(said.slice(filler.length))?.[0] ?? '';
  const article = articles.exec(said.slice(filler.length + request.length))?.[0] ?? '';
  const lead = filler.length + request.length + article.length;
  const rest = said.slice(lead);
  const isRequest = request !== '';
  const match =
    (isRequest || afterChange ? changeConnector : plainConnector).exec(rest) ?? plainConnector.exec(rest);
  const phrase = match?.[1];
  const value = match?.[2];
  if (phrase === undefined || value === undefined) return isRequest ? bareLabel(rest, lead, turn) : null;
  const field = resolveField(phrase, turn);
  if (field === null) return isRequest ? bareLabel(rest, lead, turn) : null;
  // "If the severity is high", "not the start date: …" say something else about the field than its value.
  if (isTurned(phrase, field)) return null;
  const valueAt = lead + rest.length - value.length;
  const hasColon = /[:=]\s*$/.test(rest.slice(0, rest.length - value.length));
  const isExplicit =
    isRequest ||
    afterChange ||
    correcting.test(filler) ||
    (hasColon && isMeantAsLabel(phrase, field, { clause, turn }));
  const label = { field, valueAt, isRequest };
  return isExplicit || (hasColon && isReadable(field, value, turn)) || isPlainlyFor(field, value, turn)
    ? label
    : null;
}

/**
 * True if "<phrase>:" is a label even though the value after it can't be read. The value is then refused under its
 * label, instead of becoming part of the text before it. If the asked field takes prose, which may contain colons of
 * its own, the label must be whole and begin the text; if it takes a few words, the label must be whole.
 */
function isMeantAsLabel(
  phrase: string,
  field: Field,
  { clause, turn }: { clause: DelimitedClause; turn: GuidedTurn },
): boolean {
  if (turn.asked === null || turn.turnNumber === 1) return true;
  switch (factsOf(turn.asked).kind) {
    case 'prose':
      return clause.start === 0 && isLabelOf(phrase, field);
    case 'words':
      return isLabelOf(phrase, field);
    case 'yes-no':
    case 'choice':
    case 'integer':
    case 'number':
    case 'date':
    case 'date-time':
    case 'email':
    case 'web-address':
    case 'phone':
    case 'code':
    case 'list':
    case 'object':
      return true;
  }
}

const turningWord = /\b(?:not|no|never|if|unless|or|except|without|when|\w+n't)\b/i;

/** True if a phrase that names a field has a word that reverses the words after it, and the field's label has none. */
function isTurned(phrase: string, field: Field): boolean {
  return turningWord.test(phrase) && !turningWord.test(labelOf(field));
}

/** The length of the JSON that a text begins with; 0 if there is none. */
function jsonLength(text: string): number {
  const lead = text.length - text.trimStart().length;
  if (!/^[[{]/.test(text.slice(lead))) return 0;
  let depth = 0;
  let isQuoted = false;
  for (let index = lead; index < text.length; index += 1) {
    const sign = text.charAt(index);
    if (isQuoted && sign === '\\') index += 1;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === '{' || sign === '[')) depth += 1;
    else if (!isQuoted && (sign === '}' || sign === ']')) depth -= 1;
    if (depth === 0 && !isQuoted) return index + 1;
  }
  return text.length;
}

/** Reads "make the days 7": the longest run of words that names a field, then the value. */
function bareLabel(rest: string, lead: number, turn: GuidedTurn): Label | null {
  const ends = [...rest.matchAll(/\s+/g)].slice(0, 5).reverse();
  for (const match of ends) {
    const field = resolveByLabel(rest.slice(0, match.index), turn);
    const valueAt = match.index + match[0].length;
    if (field === null || isTurned(rest.slice(0, match.index), field)) continue;
    if (!isReadable(field, rest.slice(valueAt), turn)) continue;
    return { field, valueAt: lead + valueAt, isRequest: true };
  }
  return null;
}

/**
 * True if "the <label> is …" is meant for that field although another was asked. If the asked field takes free text,
 * which may begin like that ("the service is unreachable"), the value must have the field's own form.
 */
function isPlainlyFor(field: Field, value: string, turn: GuidedTurn): boolean {
  if (field === turn.asked) return true;
  if (turn.asked !== null && factsOf(turn.asked).kind === 'prose') return false;
  if (isFreeText(field)) return !isFreeText(turn.asked);
  return isReadable(field, value, turn);
}

function isReadable(field: Field, value: string, { now }: GuidedTurn): boolean {
  const upToNextClause = value.split(delimiter)[0] ?? '';
  return [upToNextClause, value].some(
    (text) => text !== '' && readFieldAnswer(field, text, now).kind === 'value',
  );
}

/** Reads the field and value of "phone 020 7946 0123", only if the text can't be an answer to the last question. */
export function readBareLabel(text: string, turn: GuidedTurn): LabelledValue | null {
  const said = straightQuotes(text.trim().slice(0, longestLabel)).replace(fillers, '').replace(articles, '');
  const label = bareLabel(said, 0, turn);
  const isFree = label !== null && isFreeText(label.field);
  if (label === null || label.field === turn.asked || (turn.asked !== null && isFree)) return null;
  return { field: label.field, text: said.slice(label.valueAt) };
}

/**
 * Finds the field whose label of several words a text begins with, without its colon or without a value: "start date
 * soon".
 */
export function readLabelAhead(text: string, turn: GuidedTurn): Field | null {
  const said = straightQuotes(text.trim().slice(0, longestLabel));
  // "Start Date Ltd" is a name.
  if (said.split(/\s+/).every((word) => /^\p{Lu}/u.test(word))) return null;
  const start = said.toLowerCase().replace(articles, '');
  const ahead = applicableFields(turn.position).find((field) => {
    const label = labelOf(field)
      .replace(/\(.*?\)/g, '')
      .trim()
      .toLowerCase();
    return label.includes(' ') && (start.startsWith(`${label} `) || start.startsWith(`${label}:`));
  });
  return ahead === undefined || ahead === turn.asked ? null : ahead;
}

/** Reads the field of "change the start date" or "the start date is wrong", which don't say the new value. */
export function readReopening(text: string, turn: GuidedTurn): Field | null {
  const said = straightQuotes(text.trim().slice(0, longestLabel)).replace(fillers, '');
  const wrong = wrongness.exec(said)?.[1] ?? /^wrong (.{1,60})$/i.exec(said)?.[1];
  if (wrong !== undefined) return resolveField(wrong, turn);
  const request = requesting.exec(said)?.[0];
  const rest = request === undefined ? '' : said.slice(request.length).replace(/[.!]+$/, '');
  // "change … to no" states the new value, though "no" alone names nothing.
  return changeConnector.test(rest) ? null : resolveField(rest, turn);
}

const clearing =
  /^(?:please |can you |could you )*(?:clear|remove|delete|erase|drop|forget|unset|empty)\s+(.{1,60}?)(?: again| please)?[.!]*$/i;

/** Reads the field of "clear the note". */
export function readClearing(text: string, turn: GuidedTurn): Field | null {
  const phrase = clearing.exec(straightQuotes(text.trim().slice(0, longestLabel)).replace(fillers, ''))?.[1];
  return phrase === undefined ? null : resolveField(phrase, turn);
}
