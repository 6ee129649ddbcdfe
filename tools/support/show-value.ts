import { formatDate, formatNumber } from '../../server/agents/guided/format-value.ts';
import { plainText } from './plain-text.ts';
import type { ShownField, WorkflowLabels } from './workflow-labels.ts';

/** A field's label and value, as a person would write them: `Start date: Friday 1 October 2027`. */
export function showField(name: string, value: unknown, labels: WorkflowLabels): string {
  return `${showLabel(name, labels)}: ${showValue(value, labels.fields.get(name)?.kind)}`;
}

/** A field's label; of one that the definition has no more, its name. */
export function showLabel(name: string, labels: WorkflowLabels): string {
  return plainText(labels.fields.get(name)?.label ?? name);
}

/** What is collected, a line each, in the order of the steps. */
export function showCollected(collected: object, labels: WorkflowLabels): string[] {
  const places = [...labels.fields.keys()];
  const placeOf = (name: string): number => (labels.fields.has(name) ? places.indexOf(name) : places.length);
  return Object.entries(collected)
    .sort(([one], [other]) => placeOf(one) - placeOf(other))
    .map(([name, value]: [string, unknown]) => showField(name, value, labels));
}

function showValue(value: unknown, kind: ShownField['kind'] | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return value.map((item) => showValue(item, kind)).join(', ');
  if (typeof value !== 'string') return plainText(JSON.stringify(value));
  if (kind === 'date') return formatDate(value);
  if (kind === 'date-time') return showUtc(value);
  return plainText(value);
}

function showUtc(isoDateTime: string): string {
  const time = Date.parse(isoDateTime);
  if (Number.isNaN(time)) return plainText(isoDateTime);
  const inUtc = new Date(time).toISOString();
  return `${formatDate(inUtc)}, ${inUtc.slice(11, 16)} UTC`;
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `24 November 2026, 03:07`, in the time zone of who reads it. */
export function showMoment(date: Date): string {
  return `${day.format(date)}, ${timeOfDay.format(date)}`;
}
