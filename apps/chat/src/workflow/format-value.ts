import type { PageField, PageFieldKind } from './field.ts';

/** The page is in English, so dates and numbers are too. */
const locale = 'en-GB';
const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 });
const day = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
// Agents ask for times in UTC, so the page shows them in UTC everywhere.
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** Returns a collected value as people write it. */
export function formatValue(value: unknown, kind: PageFieldKind | null): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return number.format(value);
  if (Array.isArray(value)) return value.map((item) => formatValue(item, kind)).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  const time = Date.parse(value);
  if (Number.isNaN(time)) return value;
  if (kind === 'date') return day.format(time);
  return kind === 'date-time' ? formatMoment(time) : value;
}

/** Returns a field's value as people write it: a choice is its title. */
export function formatField(field: Pick<PageField, 'kind' | 'choices'> | null, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => formatField(field, item)).join(', ');
  const choice = field?.choices.find((candidate) => candidate.value === value);
  return choice?.title ?? formatValue(value, field?.kind ?? null);
}

export function formatMoment(time: Date | number): string {
  return `${moment.format(time)} UTC`;
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** Returns "2 hours ago". Hours are enough: an older conversation has usually expired. */
export function formatAgo(date: Date, now: number): string {
  const minutes = Math.round((date.getTime() - now) / 60_000);
  if (minutes > -1) return 'just now';
  return minutes > -60
    ? relative.format(minutes, 'minute')
    : relative.format(Math.round(minutes / 60), 'hour');
}
