import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { findAmended, findMovedDate, readAmendment } from './amendment.ts';
import { asksBack, isQuestion, readCommand, soundsLikeQuestion } from './commands.ts';
import type { Command } from './commands.ts';
import { factsOf, isFreeText } from './field/field-facts.ts';
import type { FieldKind } from './field/field-facts.ts';
import { isLabelOf, resolveField } from './field-reference.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { readBareLabel, readClearing, readLabelAhead, readLabels, readReopening } from './labelled-values.ts';
import type { LabelledValue } from './labelled-values.ts';
import { plainWords } from './field/plain-words.ts';
import { findOtherValues } from './unasked-values.ts';
import { readAsked, refusalOf } from './read-asked.ts';
import { findChoice } from './read-answer/choice.ts';
import { isJson, namesProperty } from './read-answer/lists.ts';
import { findAnswer, readFieldAnswer } from './read-answer/read-field-answer.ts';
import { withoutSpans } from './read-answer/field-reading.ts';
import type { Refused } from './read-answer/field-reading.ts';
import { unaccountedBy } from './read-answer/whole-answer.ts';
import { soundsLikeCorrection, withoutStop } from './read-answer/words.ts';
import { readConfirmation } from './read-answer/yes-no.ts';

/**
 * Finds the meaning of a text in this turn: a command, a correction, an answer to the last question, or values for
 * other fields. Every value that it finds is one that its field accepts (I10).
 */
export function understandText(text: string, turn: GuidedTurn): Understanding {
  const command = readCommand(text);
  if (command !== null && isMeantAsCommand(command, text, turn)) {
    return { kind: command === 'greeting' ? 'greeted' : command };
  }
  const cleared = readClearing(text, turn);
  if (cleared !== null && (isCollected(cleared, turn) || !isFreeText(turn.asked))) {
    return { kind: 'clear', field: cleared };
  }
  const reopened = readReopening(text, turn);
  if (reopened !== null && isCollected(reopened, turn)) return { kind: 'reopen', field: reopened };

  if (turn.asked !== null && isOfItsOwn(text, turn.asked)) {
    return readAsked(
      text,
      { ...turn, turnNumber: Math.max(turn.turnNumber, 2) },
      { asked: turn.asked, taken: new Set() },
    );
  }
  const { head, labelled } = readLabels(text, turn);
  const fromLabels = readLabelled(labelled, turn);
  if (labelled.length === 0) {
    const amended = readAmended(text, turn);
    if (amended !== null) return { kind: 'values', values: amended, refusals: [] };
  }
  if (turn.asked === null) return understandAtRest(text, turn, labelled.length > 0 ? fromLabels : null);
  const taken = new Set(labelled.map(({ field }) => field.name));
  if (labelled.length > 0 && (isSaidInPassing(head) || taken.has(turn.asked.name))) {
    return { kind: 'values', ...fromLabels };
  }
  if (labelled.length === 0 && isPutBack(text, turn.asked, turn)) return { kind: 'question' };
  const bare = labelled.length === 0 ? readFormedLabel(text, turn) : null;
  if (bare !== null) return { kind: 'values', ...bare };
  const ahead =
    labelled.length === 0 && factsOf(turn.asked).kind === 'words' ? readLabelAhead(text, turn) : null;
  if (ahead !== null) return { kind: 'unreadable', refusals: [whyLabelAhead(ahead)] };
  const fromHead = readAsked(head, turn, { asked: turn.asked, taken });
  if (labelled.length === 0) {
    if (fromHead.kind !== 'unreadable') return fromHead;
    const isAsking = soundsLikeQuestion(text) && !isNearMiss(text, turn.asked, turn);
    return unlessBare(text, turn, isAsking ? { kind: 'question' } : fromHead);
  }
  const values = new Map(fromLabels.values);
  if (fromHead.kind === 'values') for (const [name, value] of fromHead.values) values.set(name, value);
  // If the message has labelled values too, an unreadable head is small talk, not a failed answer.
  return { kind: 'values', values, refusals: fromLabels.refusals };
}

function isMeantAsCommand(command: Command, text: string, { asked, turnNumber }: GuidedTurn): boolean {
  if (asked === null) return command !== 'skip' && command !== 'greeting';
  const { kind, choices } = factsOf(asked);
  if (kind === 'choice' && findChoice(choices, text).kind === 'one') return false;
  return command !== 'greeting' || turnNumber === 1 || kind !== 'yes-no';
}

/** True if a text is an object or a list, or names its parts. No part of it is then a value of another field. */
function isOfItsOwn(text: string, asked: Field): boolean {
  const { kind, properties } = factsOf(asked);
  if (kind !== 'object' && kind !== 'list') return false;
  return isJson(text) || namesProperty(text, properties);
}

function isCollected(field: Field, { collected }: GuidedTurn): boolean {
  return collected[field.name] !== undefined;
}

/** True if a text asks rather than answers. The first message can't ask back, because nothing was asked yet. */
function isPutBack(text: string, asked: Field, { turnNumber }: GuidedTurn): boolean {
  if (turnNumber === 1) return false;
  switch (factsOf(asked).kind) {
    case 'prose':
      return false;
    case 'words':
    case 'list':
      return isQuestion(text);
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
    case 'object':
      return asksBack(text);
  }
}

/** True if a text holds an answer that does not fit: its fault helps more than the question again. */
function isNearMiss(text: string, asked: Field, { now }: GuidedTurn): boolean {
  const reading = readFieldAnswer(asked, text, now);
  return reading.kind === 'refused' && reading.isNearMiss;
}

interface UnderstoodValues {
  readonly values: ReadonlyMap<string, Json>;
  readonly refusals: readonly Refusal[];
}

/** Reads the values under labels, and others beside them: "severity is high, 3 users". */
function readLabelled(labelled: readonly LabelledValue[], turn: GuidedTurn): UnderstoodValues {
  const values = new Map<string, Json>();
  const taken = new Set(labelled.map(({ field }) => field.name));
  const refusals: Refusal[] = [];
  for (const { field, text } of labelled) {
    const found = readUnderLabel(field, text, { turn, taken });
    if (found instanceof Map) for (const [name, value] of found) values.set(name, value);
    else refusals.push(refusalOf(field, found, text));
  }
  return { values, refusals: refusals.filter(({ field }) => field === null || !values.has(field.name)) };
}

interface UnderLabel {
  readonly turn: GuidedTurn;
  readonly taken: ReadonlySet<string>;
}

/**
 * Reads a label's value, with values of other fields beside it if they account for the rest of the text; else returns
 * the reason for the refusal.
 */
function readUnderLabel(
  field: Field,
  said: string,
  { turn, taken }: UnderLabel,
): Map<string, Json> | Refused {
  // Under a label, a text is the end of a sentence, and the full stop is not part of it.
  const text = isFreeText(field) ? withoutStop(said) : said;
  const reading = readFieldAnswer(field, text, turn.now);
  if (reading.kind === 'value') return new Map([[field.name, reading.value]]);
  if (isFreeText(field)) return reading;
  const found = findAnswer(field, factsOf(field), { text, now: turn.now });
  if (found.kind === 'refused') return reading;
  const others = findOtherValues(withoutSpans(text, found.spans), turn, taken);
  const owners = [field, ...[...others.keys()].flatMap((name) => turn.workflow.fields.get(name) ?? [])];
  const spans = [...found.spans, ...[...others.values()].flatMap((other) => other.spans)];
  if (others.size === 0 || unaccountedBy(text, spans, owners.map(factsOf)) !== '') return reading;
  return new Map([
    ...[...others].map(([name, { value }]) => [name, value] as const),
    [field.name, found.value],
  ]);
}

const denying = /^(?:no|nope|sorry|oops|wait|wrong|correction|i meant?)\b/i;

/** Reads the change that "no, 7 days" makes; null if the value answers the last question. */
function readAmended(text: string, turn: GuidedTurn): ReadonlyMap<string, Json> | null {
  const { asked } = turn;
  const value = readAmendment(text);
  if (value === null) {
    const isAnswer = asked !== null && readFieldAnswer(asked, text, turn.now).kind === 'value';
    const isCorrection = asked !== null && soundsLikeCorrection(text, factsOf(asked));
    const moved = isAnswer ? null : isCorrection ? findAmended(text, turn) : findMovedDate(text, turn);
    return moved === null ? null : new Map([[moved.field.name, moved.value]]);
  }
  if (asked !== null) {
    const { kind } = factsOf(asked);
    const isAnswer = kind !== 'yes-no' && readFieldAnswer(asked, value, turn.now).kind === 'value';
    const isRatherCorrection =
      isFreeText(asked) &&
      (denying.test(text) || findMovedDate(value, turn) !== null || isChoiceOf(value, turn));
    if (isAnswer && !isRatherCorrection) return new Map(readValue(asked, value, turn.now));
  }
  const amended = findAmended(value, turn);
  return amended === null ? null : new Map([[amended.field.name, amended.value]]);
}

/** True if a correction names the choice of a field that has a value already: "actually sick leave". */
function isChoiceOf(value: string, turn: GuidedTurn): boolean {
  const amended = findAmended(value, turn);
  return amended !== null && factsOf(amended.field).kind === 'choice';
}

function readValue(field: Field, text: string, now: number): [string, Json][] {
  const reading = readFieldAnswer(field, text, now);
  return reading.kind === 'value' ? [[field.name, reading.value]] : [];
}

const formedKinds: ReadonlySet<FieldKind> = new Set(['email', 'web-address', 'phone', 'date', 'date-time']);

/**
 * Reads "website acme.com" while a name is asked for: a label without its colon, before a value of the field's own
 * form. A value of any other form needs the whole label, of several words: "legal form non-profit".
 */
function readFormedLabel(text: string, turn: GuidedTurn): UnderstoodValues | null {
  if (turn.asked === null || factsOf(turn.asked).kind !== 'words') return null;
  const bare = readBareLabel(text, turn);
  if (bare === null || isFreeText(bare.field)) return null;
  const label = text.trim().slice(0, -bare.text.length).trim();
  const isWhole = label.includes(' ') && isLabelOf(label, bare.field);
  if (!formedKinds.has(factsOf(bare.field).kind) && !isWhole) return null;
  const read = readLabelled([bare], turn);
  return read.values.size === 0 ? null : read;
}

/** Explains why "Start date soon" is refused while a name is asked for: it is no name, and no date either. */
function whyLabelAhead(field: Field): Refusal {
  const label = factsOf(field)
    .label.replace(/\(.*?\)/g, '')
    .trim()
    .toLowerCase();
  const why = `I can't read what you say about it. Please write “${label}: …” with nothing else.`;
  return { field, tried: null, why, suggestions: [] };
}

/** Reads an unreadable answer as a value for another field, like "payment term 45". */
function unlessBare(text: string, turn: GuidedTurn, otherwise: Understanding): Understanding {
  const bare = readBareLabel(text, turn);
  if (bare === null) return otherwise;
  const read = readLabelled([bare], turn);
  return read.values.size === 0 ? otherwise : { kind: 'values', ...read };
}

/** Finds the meaning of a text while a step without fields waits to be confirmed. */
function understandAtRest(text: string, turn: GuidedTurn, labelled: UnderstoodValues | null): Understanding {
  if (labelled !== null) return { kind: 'values', ...labelled };
  const named = resolveField(text, turn);
  if (named !== null && isLabelOf(text, named)) return { kind: 'reopen', field: named };
  if (turn.turnNumber === 1) return { kind: 'greeted' };
  const answer = readConfirmation(text);
  if (answer === 'yes') return { kind: 'confirmed' };
  if (answer === 'no') return unlessBare(text, turn, { kind: 'declined' });
  const isAsking = soundsLikeQuestion(text);
  return unlessBare(text, turn, isAsking ? { kind: 'question' } : { kind: 'unreadable', refusals: [] });
}

const inPassing =
  /^(?:no|nope|yes|yeah|yep|ok|okay|sure|well|so|and|but|also|please|sorry|oops|wait|actually|hi|hello|hey|thanks|thank you|great|right|one more thing|by the way)?$/;

/** True if the text before the first label says nothing of its own. */
function isSaidInPassing(head: string): boolean {
  return inPassing.test(plainWords(head));
}
