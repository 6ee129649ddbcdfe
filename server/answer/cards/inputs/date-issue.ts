import { z } from 'zod';
import type { Json } from '../../../../workflows/definition/json.ts';
import { ownText } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';

const date = z.iso.date();
/** Without an offset, and with seconds where the browser shows them. */
const time = z.iso.time();
/** Longer than any time that a renderer writes: fractions of a second have no end of their own. */
const timeChars = 40;

export function dateIssue(input: CardNode, value: Json): string | null {
  const given = date.safeParse(value);
  if (!given.success) return 'must be a date, as in 2026-01-31';
  // A bound may be a whole timestamp, of which renderers take the moment.
  const moment = Date.parse(given.data);
  const min = ownText(input, 'min');
  const max = ownText(input, 'max');
  if (min !== null && moment < Date.parse(min))
    return 'must not be before the first date that the card allows';
  if (max !== null && moment > Date.parse(max)) return 'must not be after the last date that the card allows';
  return null;
}

export function timeIssue(input: CardNode, value: Json): string | null {
  const given = time.safeParse(typeof value === 'string' && value.length > timeChars ? null : value);
  if (!given.success) return 'must be a time, as in 09:30';
  const min = timeOf(input, 'min');
  const max = timeOf(input, 'max');
  if (min !== null && given.data < min) return `must not be before ${min}`;
  if (max !== null && given.data > max) return `must not be after ${max}`;
  return null;
}

/** Renderers leave out a bound that is no time. */
function timeOf(input: CardNode, key: string): string | null {
  const bound = ownText(input, key);
  return bound !== null && /^\d{2}:\d{2}$/.test(bound) ? bound : null;
}
