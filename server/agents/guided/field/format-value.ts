import type { Json, CollectedFields } from '../../../../workflows/definition/json.ts';
import { itemsOf } from '../../../domain/merge-group.ts';
import type { GroupItem } from '../../../domain/merge-group.ts';
import type { Field, Group } from '../../../domain/workflow.ts';
import { factsOf } from './field-facts.ts';
import { escapeMarkdown } from './plain-words.ts';
import type { Position } from '../../../domain/position.ts';
import { labelOf } from '../../../domain/summary.ts';

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Maximum length of a shown text, in characters; a longer one is shortened. */
export const longestShown = 200;

/** Formats a field's value the way people write it, for markdown. */
export function formatValue(field: Field, value: Json): string {
  const { kind, choices, itemChoices } = factsOf(field);
  const { group } = field;
  if (group !== null) {
    const items = itemsOf(value);
    return items.length === 0 ? 'none' : joinShort(items, '; ', (item) => formatItem(group, item));
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) {
    const isOfObjects = value.some((item) => typeof item === 'object' && item !== null);
    return value.length === 0
      ? 'none'
      : joinShort(value, isOfObjects ? '; ' : ', ', (item) => formatValue(field, item));
  }
  if (value === null) return 'none';
  if (typeof value !== 'string') return formatObject(field, value);
  if (kind === 'date') return formatDate(value);
  if (kind === 'date-time') return formatDateTime(value);
  const choice = [...choices, ...itemChoices].find((each) => each.value === value);
  return shorten(choice?.title ?? value);
}

/** Formats an item of a group by its values: "bike: 1,200", or "Taxi, Monday 4 January 2027, 42.5". */
export function formatItem(group: Group, { values }: GroupItem): string {
  const parts = [...group.fields.values()].flatMap((field) => {
    const value = values.get(field.name);
    return value === undefined ? [] : [{ field, value }];
  });
  const [first, second] = parts;
  if (first === undefined) return '(nothing yet)';
  const shown = parts.map(({ field, value }) =>
    typeof value === 'boolean'
      ? `${labelOf(field)}: ${formatValue(field, value)}`
      : formatValue(field, value),
  );
  const isPriced = parts.length === 2 && typeof first.value === 'string' && typeof second?.value === 'number';
  return shown.join(isPriced ? ': ' : ', ');
}

/** Formats `{ name: 'bike', value: 1200 }` as "bike: 1,200", and any other object as each name with its value. */
function formatObject(field: Field, value: Readonly<Record<string, Json>>): string {
  const entries = Object.entries(value);
  const [first, second] = entries;
  if (entries.length === 2 && typeof first?.[1] === 'string' && typeof second?.[1] === 'number') {
    return `${formatValue(field, first[1])}: ${formatValue(field, second[1])}`;
  }
  return joinShort(entries, ', ', ([name, part]) => `${shorten(name)} ${formatValue(field, part)}`);
}

/** Joins parts up to the longest text that is shown; then it only counts the others. */
function joinShort<Part>(parts: readonly Part[], separator: string, format: (part: Part) => string): string {
  const shown: string[] = [];
  let length = 0;
  for (const part of parts) {
    if (length >= longestShown) break;
    const formatted = format(part);
    length += formatted.length;
    shown.push(formatted);
  }
  const all = shown.join(separator);
  return shown.length === parts.length ? all : `${all}${separator}… (${parts.length} in all)`;
}

function shorten(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return escapeMarkdown(
    oneLine.length > longestShown ? `${oneLine.slice(0, longestShown - 1).trimEnd()}…` : oneLine,
  );
}

export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  if (!/^-?\d+$/.test(whole)) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** "Monday 14 December 2026" for "2026-12-14". */
export function formatDate(isoDate: string): string {
  const time = Date.parse(`${isoDate.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time)) return escapeMarkdown(isoDate);
  const date = new Date(time);
  const weekday = weekdays[date.getUTCDay()] ?? '';
  return `${weekday} ${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

function formatDateTime(isoDateTime: string): string {
  const time = Date.parse(isoDateTime);
  if (Number.isNaN(time)) return escapeMarkdown(isoDateTime);
  const inUtc = new Date(time).toISOString();
  return `${formatDate(inUtc)}, ${inUtc.slice(11, 16)} UTC`;
}

/** Lists all values collected in the applicable steps, step by step, in markdown; empty if there are none. */
export function summarizeCollected(position: Position, collected: CollectedFields): string {
  return position.applicable
    .flatMap((step) => {
      const lines = step.fields.flatMap((field) => {
        const value = collected[field.name];
        return value === undefined ? [] : [`- ${labelOf(field)}: ${formatValue(field, value)}`];
      });
      return lines.length === 0 ? [] : [`**${step.title}**\n${lines.join('\n')}`];
    })
    .join('\n\n');
}
