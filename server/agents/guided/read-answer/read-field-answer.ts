/**
 * The answer to a field's question, read from a text.
 *
 * The job: find the value with the reader for the field's kind, then check that it accounts for the whole text. The
 * boundary: one field and one text in, a value or the reason for none out; the caller decides which field a text is
 * about. It keeps that
 * - a value counts only if the whole text is accounted for by it, a label or known filler (`whole-answer.ts`);
 * - a value counts only if the field's schema accepts it (I10);
 * - it is deterministic: same text and clock, same reading.
 */
import type { Json } from '../../../../workflows/definition/json.ts';
import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../field/explain-refusal.ts';
import { factsOf } from '../field/field-facts.ts';
import type { FieldFacts } from '../field/field-facts.ts';
import { formatValue } from '../field/format-value.ts';
import { listInWords, plainWords, quote } from '../field/plain-words.ts';
import { readChoice } from './choice.ts';
import { readDateAnswer } from './date-answer.ts';
import { readList, readObject } from './lists.ts';
import { readNumberAnswer } from './number-answer.ts';
import { found, nearMiss, noValue, wholeOf } from './field-reading.ts';
import type { FieldReading } from './field-reading.ts';
import { findCodes, findEmails, findPhones, findWebAddresses } from './tokens.ts';
import type { FoundToken } from './tokens.ts';
import { acceptWhole } from './whole-answer.ts';
import { isNonAnswer } from './non-answers.ts';
import { alternativesIn, isNoName, readWords, soundsLikeCorrection } from './words.ts';
import { isAcknowledgement, readYesNo } from './yes-no.ts';

/**
 * Reads a text as the answer to a field's question.
 * @param now milliseconds since the epoch, for dates in words
 */
export function readFieldAnswer(field: Field, text: string, now: number): FieldReading {
  const facts = factsOf(field);
  return acceptWhole(field, facts, text, findAnswer(field, facts, { text, now }));
}

interface AnswerText {
  readonly text: string;
  readonly now: number;
}

/** Finds a field's value in a text, whatever else the text says. The spans mark the words that say the value. */
export function findAnswer(field: Field, facts: FieldFacts, { text, now }: AnswerText): FieldReading {
  switch (facts.kind) {
    case 'yes-no':
      return readYesNoAnswer(field, facts, text);
    case 'choice':
      return readChoiceAnswer(field, facts, text);
    case 'integer':
    case 'number':
      return readNumberAnswer(field, facts, { text, now });
    case 'date':
    case 'date-time':
      return readDateAnswer(field, facts, { text, now });
    case 'email':
      return single(findEmails(field, text), `${quote(text)} doesn't look like an email address.`);
    case 'web-address':
      return single(findWebAddresses(field, text), `${quote(text)} doesn't look like a web address.`);
    case 'phone':
      return single(findPhones(field, text), `${quote(text)} doesn't look like a phone number.`);
    case 'code':
      return isNonAnswer(text) && !field.check(text.trim().toUpperCase()).ok
        ? noValue(explainRefusal(field, text.trim()))
        : single(findCodes(field, text), explainRefusal(field, text.trim()));
    case 'list':
      return readList(field, facts, text);
    case 'object':
      return readObject(field, facts, text);
    case 'words':
      return readName(field, facts, text);
    case 'prose':
      return checked(field, readWords(text, facts).value, text);
  }
}

function checked(field: Field, value: Json, text: string): FieldReading {
  const check = field.check(value);
  return check.ok ? found(check.value, wholeOf(text)) : nearMiss(explainRefusal(field, value));
}

function readYesNoAnswer(field: Field, { label, description }: FieldFacts, text: string): FieldReading {
  const asked = plainWords(`${label} ${description ?? ''}`).split(' ');
  const answer = readYesNo(text, asked);
  // If the field asks about a fact, "ok" may only mean that the question was read.
  if (answer === null || isAcknowledgement(text)) return noValue('I need a yes or a no here.');
  return checked(field, answer, text);
}

function readChoiceAnswer(field: Field, { choices }: FieldFacts, text: string): FieldReading {
  const reading = readChoice(choices, text);
  switch (reading.kind) {
    case 'one': {
      const check = field.check(reading.choice);
      return check.ok
        ? found(check.value, ...reading.spans)
        : nearMiss(explainRefusal(field, reading.choice));
    }
    case 'several':
      return nearMiss(
        `Did you mean ${listInWords(
          reading.choices.map((choice) => formatValue(field, choice)),
          'or',
        )}?`,
        reading.choices,
      );
    case 'none':
      return noValue(`${quote(text)} is none of the choices.`);
  }
}

/** Reads a few words that are the value as they stand, unless they are said to the agent: "n/a", "ask Tom". */
function readName(field: Field, facts: FieldFacts, text: string): FieldReading {
  const { value, isQuoted } = readWords(text, facts);
  if (isQuoted) return checked(field, value, text);
  const said = quote(text);
  if (isNonAnswer(text) || isNonAnswer(value)) {
    return noValue(
      `${said} doesn't tell me the ${facts.label.toLowerCase()}. If it is meant so, put it in quotes.`,
    );
  }
  const names = alternativesIn(value, facts);
  if (names.length > 0) {
    return nearMiss(
      `Which one is it: ${listInWords(names.map(quote), 'or')}? If both together are the ${facts.label.toLowerCase()}, put them in quotes.`,
      names,
    );
  }
  if (soundsLikeCorrection(text, facts)) {
    return nearMiss(
      `${said} sounds like a correction, and I can't tell of what. If it is the ${facts.label.toLowerCase()}, put it in quotes.`,
    );
  }
  if (isNoName(value, facts)) {
    return nearMiss(`${said} doesn't look like a name. If it is one, put it in quotes.`);
  }
  return checked(field, value, text);
}

/** Maximum number of values to name when asking which one is meant. */
const mostOffered = 5;

function single(tokens: readonly FoundToken[], whyNone: string): FieldReading {
  const [first, second] = tokens;
  if (first === undefined) return noValue(whyNone);
  if (second !== undefined) {
    const values = tokens.slice(0, mostOffered).map(({ value }) => value);
    return nearMiss(`I found ${listInWords(values)}: which one is it?`, values);
  }
  return found(first.value, first);
}
