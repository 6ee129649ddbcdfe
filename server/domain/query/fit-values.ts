import { firstChars } from '../json.ts';

/** A value that the query shows, already as JSON text. */
export interface RenderedValue {
  readonly name: string;
  readonly text: string;
}

interface FittedValues {
  readonly values: readonly RenderedValue[];
  readonly wereShortened: boolean;
}

const suffix = '… (shortened)';

/**
 * Shortens values, largest first, until together they take at most `room` characters: each is cut to one common
 * length, the longest that fits. Nothing shorter than that is touched. With too little room all that is left is the
 * sign that something was shortened.
 */
export function fitValues(values: readonly RenderedValue[], room: number): FittedValues {
  const longest = Math.max(0, ...values.map(({ text }) => text.length));
  const whole = totalLength(values, longest);
  if (whole <= room) return { values, wereShortened: false };
  let fits = 0;
  let tooLong = longest;
  while (tooLong - fits > 1) {
    const cap = Math.floor((fits + tooLong) / 2);
    if (totalLength(values, cap) <= room) fits = cap;
    else tooLong = cap;
  }
  return {
    values: values.map(({ name, text }) => ({ name, text: shorten(text, fits) })),
    wereShortened: totalLength(values, fits) < whole,
  };
}

function totalLength(values: readonly RenderedValue[], cap: number): number {
  return values.reduce((total, { text }) => total + shorten(text, cap).length, 0);
}

function shorten(text: string, cap: number): string {
  if (text.length <= cap + suffix.length) return text;
  return firstChars(text, cap) + suffix;
}
