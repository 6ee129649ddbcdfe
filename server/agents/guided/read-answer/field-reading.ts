import type { Json } from '../../../../workflows/definition/json.ts';

/** The place of something found in a text, in UTF-16 units; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value that the field's schema accepts, or the reason why there is none, in plain words. */
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
      /** True if the text holds a value that does not fit; false if it holds nothing like one. */
      readonly isNearMiss: boolean;
      /** Answers to offer instead, if the text left several open. */
      readonly suggestions?: readonly string[];
      /** The value that was read but does not fit. */
      readonly tried?: Json;
    };

export type Refused = Extract<FieldReading, { kind: 'refused' }>;

export function found(value: Json, ...spans: readonly Span[]): FieldReading {
  return { kind: 'value', value, spans };
}

export function wholeOf(text: string): Span {
  return { start: 0, end: text.length };
}

export function noValue(why: string): Refused {
  return { kind: 'refused', why, isNearMiss: false };
}

export function nearMiss(why: string, suggestions: readonly string[] = []): Refused {
  return { kind: 'refused', why, isNearMiss: true, ...(suggestions.length > 0 ? { suggestions } : {}) };
}

/** Blanks the spans of a text; every other character keeps its place. */
export function withoutSpans(text: string, spans: readonly Span[], blank = ' '): string {
  return spans.reduce(
    (rest, { start, end }) =>
      end <= start ? rest : rest.slice(0, start) + blank.repeat(end - start) + rest.slice(end),
    text,
  );
}

/** Refuses a value that was read completely, but that the field does not accept. */
export function unfitting(why: string, tried: Json): Refused {
  return { kind: 'refused', why, isNearMiss: true, tried };
}
