import type { Json } from '../../../../workflows/definition/json.ts';
import type { Field } from '../../../domain/workflow.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { factsOf } from '../field-facts.ts';
import type { FieldFacts } from '../field-facts.ts';
import { listInWords, quote } from '../plain-words.ts';
import { readChoice } from './choice.ts';
import { readDateAnswer } from './date-answer.ts';
import { readNumberAnswer } from './number-answer.ts';
import { nearMiss, notFound, wholeOf } from './reading.ts';
import type { Reading } from './reading.ts';
import { findCodes, findEmails, findPhones, findWebAddresses } from './tokens.ts';
import type { FoundToken } from './tokens.ts';
import { readWords } from './words.ts';
import { readYesNo } from './yes-no.ts';

/**
 * Reads a text as the answer to a field's question. A value is always one that the field's schema accepts (I10).
 * @param now milliseconds since the epoch, for dates in words
 */
export function readAnswer(field: Field, text: string, now: number): Reading {
  const facts = factsOf(field);
  switch (facts.kind) {
    case 'yes-no': {
      const answer = readYesNo(text);
      return answer === null ? notFound('I need a yes or a no here.') : checked(field, answer, text);
    }
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
      return single(findCodes(field, text), explainRefusal(field, text.trim()));
    case 'list':
      return readList(field, text);
    case 'object':
      return readObject(field, text);
    case 'words':
    case 'prose':
      return checked(field, readWords(text, facts), text);
  }
}

function checked(field: Field, value: Json, text: string): Reading {
  const check = field.check(value);
  return check.ok
    ? { kind: 'value', value: check.value, span: wholeOf(text) }
    : nearMiss(explainRefusal(field, value));
}

function readChoiceAnswer(field: Field, { choices }: FieldFacts, text: string): Reading {
  const reading = readChoice(choices, text);
  switch (reading.kind) {
    case 'one':
      return checked(field, reading.choice, text);
    case 'several':
      return nearMiss(`Did you mean ${listInWords(reading.choices, 'or')}?`, reading.choices);
    case 'none':
      return notFound(`${quote(text)} is none of the choices.`);
  }
}

function single(found: readonly FoundToken[], whyNone: string): Reading {
  const [first, second] = found;
  if (first === undefined) return notFound(whyNone);
  if (second !== undefined) {
    const values = found.map(({ value }) => value);
    return nearMiss(`I found ${listInWords(values)}: which one is it?`, values);
  }
  return { kind: 'value', value: first.value, span: first };
}

function readList(field: Field, text: string): Reading {
  const parts = text
    .split(/\s*(?:[,;\n]|\band\b)\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const numbers = parts.map(Number);
  const spellings: Json[] = numbers.some(Number.isNaN) ? [parts] : [numbers, parts];
  const fitting = spellings.find((value) => field.check(value).ok);
  return fitting === undefined ? readObject(field, text) : checked(field, fitting, text);
}

/** What has a structure of its own can only be written as JSON. */
function readObject(field: Field, text: string): Reading {
  try {
    const check = field.check(JSON.parse(text));
    if (check.ok) return { kind: 'value', value: check.value, span: wholeOf(text) };
    return nearMiss(check.issues.join('. '));
  } catch {
    return notFound("I can't read that.");
  }
}
