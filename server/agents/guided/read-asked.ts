import type { Json } from '../../../workflows/definition/json.ts';
import type { Field } from '../../domain/workflow.ts';
import { factsOf } from './field-facts.ts';
import { openFields } from './guided-turn.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { findOtherValues, splitFreeAnswer } from './other-values.ts';
import { looksBack, readFoundDate } from './read-answer/date-answer.ts';
import { findDates } from './read-answer/dates.ts';
import { readAnswer } from './read-answer/read-answer.ts';
import type { Reading, Span } from './read-answer/reading.ts';

interface Asking {
  readonly asked: Field;
  /** Fields that the message has given under their labels. */
  readonly taken: ReadonlySet<string>;
}

/** Reads a text as the answer to the asked field, and as values for others where it holds more. */
export function readAsked(text: string, turn: GuidedTurn, { asked, taken }: Asking): Understanding {
  if (turn.turnNumber === 1) return readUnasked(text, turn, taken);
  const { kind } = factsOf(asked);
  switch (kind) {
    case 'words': {
      const { answer, values } = splitFreeAnswer(text, turn, taken);
      return withAsked(answer, turn, { asked, others: () => values });
    }
    case 'prose':
    case 'yes-no':
    case 'list':
    case 'object':
    case 'code':
      return withAsked(text, turn, { asked, others: () => new Map() });
    case 'choice':
    case 'integer':
    case 'number':
    case 'date':
    case 'date-time':
    case 'email':
    case 'web-address':
    case 'phone': {
      const others = (span: Span | null): Map<string, Json> => {
        const rest = span === null ? text : besideAnswer(asked, text, span);
        const found = findOtherValues(rest, turn, new Set([...taken, asked.name]));
        return new Map([...rangeEnd(text, turn, asked), ...found]);
      };
      return withAsked(text, turn, { asked, others });
    }
  }
}

/** In the first message nothing was asked yet: only what names or shows its field is taken. */
function readUnasked(text: string, turn: GuidedTurn, taken: ReadonlySet<string>): Understanding {
  const values = findOtherValues(text, turn, taken);
  return values.size === 0 ? { kind: 'greeted' } : { kind: 'values', values, refusal: null };
}

interface Answering {
  readonly asked: Field;
  /** What else the message holds, given where the answer stands; `null` when there was none. */
  readonly others: (span: Span | null) => ReadonlyMap<string, Json>;
}

function withAsked(text: string, turn: GuidedTurn, { asked, others }: Answering): Understanding {
  const reading = readAnswer(asked, text, turn.now);
  if (reading.kind === 'value') {
    const values = new Map([[asked.name, reading.value], ...others(reading.span)]);
    return { kind: 'values', values, refusal: null };
  }
  const refusal = refusalOf(asked, reading);
  const values = others(null);
  if (values.size === 0) return { kind: 'unreadable', refusal };
  return { kind: 'values', values, refusal: reading.isNearMiss ? refusal : null };
}

export function refusalOf(field: Field, reading: Extract<Reading, { kind: 'refused' }>): Refusal {
  return { field, why: reading.why, suggestions: reading.suggestions ?? [] };
}

/** The end of "from 3 to 7 December", for the one field of the step that can be it. */
function rangeEnd(text: string, turn: GuidedTurn, asked: Field): [string, Json][] {
  const facts = factsOf(asked);
  if (facts.kind !== 'date' && facts.kind !== 'date-time') return [];
  const [, second, ...more] = findDates(text, { now: turn.now, looksBack: looksBack(facts) });
  const fields = openFields(turn);
  const [field, ...others] = fields
    .slice(fields.indexOf(asked) + 1)
    .filter((candidate) => factsOf(candidate).kind === facts.kind);
  if (second === undefined || more.length > 0 || field === undefined || others.length > 0) return [];
  const reading = readFoundDate(field, factsOf(field), second);
  return reading.kind === 'value' ? [[field.name, reading.value]] : [];
}

/** What a text holds besides the answer found in it, in its place; nothing beside free text, which is all of it. */
export function besideAnswer(field: Field, text: string, { start, end }: Span): string {
  // A choice's words may stand anywhere, and are no other kind's.
  if (factsOf(field).kind === 'choice') return text;
  return text.slice(0, start) + ' '.repeat(Math.max(0, end - start)) + text.slice(end);
}
