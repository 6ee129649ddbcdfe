import type { Json } from '../../../workflows/definition/json.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field/field-facts.ts';
import type { FoundValue } from './single-value.ts';
import { formatValue } from './field/format-value.ts';
import { openFields } from './guided-turn.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { findOtherValues, splitFreeAnswer } from './unasked-values.ts';
import { listInWords, quote } from './field/plain-words.ts';
import { readFoundDate } from './read-answer/date-answer.ts';
import { findDates } from './read-answer/dates.ts';
import { looksBack } from './read-answer/asked-for.ts';
import { whyForeignUnit } from './read-answer/number-answer.ts';
import { findAnswer, readFieldAnswer } from './read-answer/read-field-answer.ts';
import { withoutSpans } from './read-answer/field-reading.ts';
import type { Refused, Span } from './read-answer/field-reading.ts';
import { acceptWhole, unaccountedBy } from './read-answer/whole-answer.ts';

interface Asking {
  readonly asked: Field;
  /** Fields that the message has given under their labels. */
  readonly taken: ReadonlySet<string>;
}

/** Reads a text as the answer to the asked field, and the rest of it as values of other fields. */
export function readAsked(text: string, turn: GuidedTurn, { asked, taken }: Asking): Understanding {
  if (turn.turnNumber === 1) return readUnasked(text, turn, taken);
  const facts = factsOf(asked);
  switch (facts.kind) {
    case 'words': {
      const { answer, values } = splitFreeAnswer(text, turn, taken);
      return alone(answer, turn, { asked, beside: values });
    }
    case 'prose':
    case 'yes-no':
    case 'list':
    case 'object':
    case 'code':
      return alone(text, turn, { asked, beside: new Map() });
    case 'choice':
    case 'integer':
    case 'number':
    case 'date':
    case 'date-time':
    case 'email':
    case 'web-address':
    case 'phone':
      return among(text, turn, { asked, taken });
  }
}

/**
 * Reads the first message, before anything was asked: it takes values that name or show their field, if the message
 * holds nothing else.
 */
function readUnasked(text: string, turn: GuidedTurn, taken: ReadonlySet<string>): Understanding {
  const others = findOtherValues(text, turn, taken);
  const rest = restOf(text, turn, others);
  if (others.size === 0) return { kind: 'greeted' };
  if (rest !== '') return { kind: 'unreadable', refusals: [whyLeftOver(turn, others, rest)] };
  return { kind: 'values', values: valuesOf(others), refusals: [] };
}

interface Answering {
  readonly asked: Field;
  readonly beside: ReadonlyMap<string, Json>;
}

/** Reads an answer as one value of the asked field, from end to end. */
function alone(text: string, turn: GuidedTurn, { asked, beside }: Answering): Understanding {
  const reading = readFieldAnswer(asked, text, turn.now);
  if (reading.kind === 'value') {
    return { kind: 'values', values: new Map([[asked.name, reading.value], ...beside]), refusals: [] };
  }
  return { kind: 'unreadable', refusals: [refusalOf(asked, reading)] };
}

/**
 * Reads an answer that may hold values of other fields too. It takes all of them if they account for the whole answer,
 * else none.
 */
function among(text: string, turn: GuidedTurn, { asked, taken }: Asking): Understanding {
  const facts = factsOf(asked);
  const reading = findAnswer(asked, facts, { text, now: turn.now });
  const own = reading.kind === 'value' ? [[asked.name, reading] as const] : [];
  const beside = reading.kind === 'value' ? withoutSpans(text, reading.spans) : text;
  const others = findOtherValues(beside, turn, new Set([...taken, asked.name]));
  const found = new Map<string, FoundValue>([...own, ...rangeEnd(text, turn, asked), ...others]);
  const foreign = foreignLength(text, turn, found);
  const rest = restOf(text, turn, found, foreign?.span);
  if (rest === '' && found.size > 0) {
    const refusals = [
      ...(reading.kind === 'refused' && reading.isNearMiss ? [refusalOf(asked, reading)] : []),
      ...(foreign === null ? [] : [foreign.refusal]),
    ];
    return { kind: 'values', values: valuesOf(found), refusals };
  }
  if (reading.kind === 'refused') return { kind: 'unreadable', refusals: [refusalOf(asked, reading)] };
  const accepted = acceptWhole(asked, facts, text, {
    ...reading,
    spans: [...found.values()].flatMap(({ spans }) => spans),
  });
  const isOnly = found.size === 1 && accepted.kind === 'refused';
  return {
    kind: 'unreadable',
    refusals: [isOnly ? refusalOf(asked, accepted) : whyLeftOver(turn, found, rest)],
  };
}

function valuesOf(found: ReadonlyMap<string, FoundValue>): ReadonlyMap<string, Json> {
  return new Map([...found].map(([name, { value }]) => [name, value]));
}

/** The words of a text that are neither values nor the filler that may stand beside them. */
function restOf(
  text: string,
  turn: GuidedTurn,
  found: ReadonlyMap<string, FoundValue>,
  foreign?: Span,
): string {
  const spans = [...found.values()].flatMap((value) => value.spans);
  const owners = [...found.keys()].flatMap((name) => turn.workflow.fields.get(name) ?? []);
  return unaccountedBy(text, [...spans, ...(foreign === undefined ? [] : [foreign])], owners.map(factsOf));
}

function whyLeftOver(turn: GuidedTurn, found: ReadonlyMap<string, FoundValue>, rest: string): Refusal {
  const understood = [...found].flatMap(([name, { value }]) => {
    const field = turn.workflow.fields.get(name);
    return field === undefined ? [] : [{ field, said: `${labelOf(field)}: ${formatValue(field, value)}` }];
  });
  const said = listInWords(understood.map((value) => value.said));
  const why = `I understood ${said}, but not ${quote(rest)}, so I have taken nothing of it. Please say it without that.`;
  const [first] = understood;
  return { field: turn.asked ?? first?.field ?? null, tried: null, why, suggestions: [] };
}

const length =
  /\b(?:for |lasting )?(?:(?:about|around) )?(?:\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)[ -](?:full |whole )?(days?|weeks?|fortnights?|months?|years?)\b/i;

/**
 * Finds a length like "for two weeks" beside a date. It is meant for the field that counts days, which can't take
 * weeks.
 */
function foreignLength(
  text: string,
  turn: GuidedTurn,
  found: ReadonlyMap<string, FoundValue>,
): { readonly span: Span; readonly refusal: Refusal } | null {
  const match = length.exec(text);
  if (match === null || found.size === 0 || !standsApart(text, match)) return null;
  const span = { start: match.index, end: match.index + match[0].length };
  const isTaken = [...found.values()].some(({ spans }) =>
    spans.some(({ start, end }) => start < span.end && span.start < end),
  );
  const [counting, ...more] = openFields(turn).flatMap((field) => {
    const facts = factsOf(field);
    if (found.has(field.name) || (facts.kind !== 'integer' && facts.kind !== 'number')) return [];
    const why = whyForeignUnit((match[1] ?? '').toLowerCase(), facts);
    return why?.isNearMiss === true ? [refusalOf(field, why)] : [];
  });
  return isTaken || counting === undefined || more.length > 0 ? null : { span, refusal: counting };
}

/**
 * True if a length is separate from the date beside it. "A week on Friday", "two weeks from Friday" and "Friday two
 * weeks" count from that Friday, so their date is another one.
 */
function standsApart(text: string, { 0: said, index }: RegExpExecArray): boolean {
  if (/^(?:for|lasting)\b/i.test(said)) return true;
  return (
    /(?:^|[,;:.(\n–—-]|\b(?:and|plus))\s*$/i.test(text.slice(0, index)) &&
    /^\s*(?:$|[,;:.)!\n–—-]|(?:and|starting|beginning)\b)/i.test(text.slice(index + said.length))
  );
}

/** @param said the words that could not be read, if they stand under the field's label */
export function refusalOf(field: Field, reading: Refused, said: string | null = null): Refusal {
  const tried = said === null ? null : (reading.tried ?? said);
  return { field, tried, why: reading.why, suggestions: reading.suggestions ?? [] };
}

/** Reads the end of "from 3 to 7 December" for the only field of the step that it can belong to. */
function rangeEnd(text: string, turn: GuidedTurn, asked: Field): [string, FoundValue][] {
  const facts = factsOf(asked);
  if (facts.kind !== 'date' && facts.kind !== 'date-time') return [];
  const [, second, ...more] = findDates(text, { now: turn.now, looksBack: looksBack(facts) });
  const fields = openFields(turn);
  const [field, ...others] = fields
    .slice(fields.indexOf(asked) + 1)
    .filter((candidate) => factsOf(candidate).kind === facts.kind);
  if (second === undefined || more.length > 0 || field === undefined || others.length > 0) return [];
  const reading = readFoundDate(field, factsOf(field), { date: second });
  return reading.kind === 'value' ? [[field.name, reading]] : [];
}
