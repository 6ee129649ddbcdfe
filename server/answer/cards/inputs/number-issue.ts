import type { Json } from '../../../../workflows/definition/json.ts';

interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** Longer than any number that a renderer writes. */
const numberChars = 40;

export function numberIssue(value: Json, { min, max }: Bounds): string | null {
  const number = readNumber(value);
  if (number === null) return 'must be a number';
  if (min !== null && number < min) return `must be at least ${min}`;
  if (max !== null && number > max) return `must be at most ${max}`;
  return null;
}

function readNumber(value: Json): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > numberChars) return null;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(value) ? finite(Number(value)) : null;
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}
