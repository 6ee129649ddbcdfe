import type { Json } from '../../../../workflows/definition/json.ts';

/** Where in a text something was found, in UTF-16 units; the end is past it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What an answer came to: a value that the field's schema accepts, or why there is none, in people's words. */
export type Reading =
  | { readonly kind: 'value'; readonly value: Json; readonly span: Span }
  | {
      readonly kind: 'refused';
      /** A whole sentence. */
      readonly why: string;
      /** Whether there was a value, only not one that fits; otherwise nothing like one was found. */
      readonly isNearMiss: boolean;
      /** Answers to offer instead, where the text left several open. */
      readonly suggestions?: readonly string[];
    };

export function wholeOf(text: string): Span {
  return { start: 0, end: text.length };
}

export function notFound(why: string): Reading {
  return { kind: 'refused', why, isNearMiss: false };
}

export function nearMiss(why: string, suggestions: readonly string[] = []): Reading {
  return { kind: 'refused', why, isNearMiss: true, ...(suggestions.length > 0 ? { suggestions } : {}) };
}
