import type { Json } from '../../../../workflows/definition/json.ts';

/** Where in a text something was found, in UTF-16 units; the end is past it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value that the field's schema accepts, or why there is none, in people's words. */
export type FieldReading =
  | {
      readonly kind: 'value';
      readonly value: Json;
      /** The parts of the text that say the value. */
      readonly spans: readonly Span[];
    }
  | {
      readonly kind: 'refused';
      /** A whole sentence. */
      readonly why: string;
      /** Whether there was a value, only not one that fits; otherwise nothing like one was found. */
      readonly isNearMiss: boolean;
      /** Answers to offer instead, where the text left several open. */
      readonly suggestions?: readonly string[];
      /** What was read but does not fit. */
      readonly tried?: Json;
    };

export type Refused = Extract<FieldReading, { kind: 'refused' }>;

export function found(value: Json, ...spans: readonly Span[]): FieldReading {
  return { kind: 'value', value, spans };
}

export function wholeOf(text: string): Span {
  return { start: 0, end: text.length };
}

export function notFound(why: string): Refused {
  return { kind: 'refused', why, isNearMiss: false };
}

export function nearMiss(why: string, suggestions: readonly string[] = []): Refused {
  return { kind: 'refused', why, isNearMiss: true, ...(suggestions.length > 0 ? { suggestions } : {}) };
}

/** The text with the spans blanked, every other character in its place. */
export function withoutSpans(text: string, spans: readonly Span[], blank = ' '): string {
  return spans.reduce(
    (rest, { start, end }) =>
      end <= start ? rest : rest.slice(0, start) + blank.repeat(end - start) + rest.slice(end),
    text,
  );
}

/** A value that was read whole, but that the field does not take. */
export function unfitting(why: string, tried: Json): Refused {
  return { kind: 'refused', why, isNearMiss: true, tried };
}
