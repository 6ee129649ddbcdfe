import { z } from 'zod';
import type { DefinitionResult } from '../../client-sdk/src/index.ts';
import { factsOf } from '../../server/agents/guided/field/field-facts.ts';
import type { FieldFacts } from '../../server/agents/guided/field/field-facts.ts';
import { fieldOf } from '../../server/domain/workflow.ts';
import type { JsonSchema } from '../../server/domain/field-schema.ts';
import { formatDate, formatNumber } from '../../server/agents/guided/field/format-value.ts';
import { plainText } from './plain-text.ts';

/** The facts that decide how a field and its values are shown, as for the guided agent. */
type ShownField = Pick<FieldFacts, 'label' | 'kind'>;

/** The titles and labels of a workflow, its steps and its fields. */
export interface WorkflowLabels {
  readonly title: string;
  readonly steps: ReadonlyMap<string, string>;
  /** Fields by name, in the order of the steps. */
  readonly fields: ReadonlyMap<string, ShownField>;
}

const stepFields = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) });

export function labelsOf({ title, steps }: DefinitionResult): WorkflowLabels {
  const fields = steps.flatMap((step) =>
    Object.entries(stepFields.safeParse(step.fields).data?.properties ?? {}).map(
      ([name, schema]) => [name, shownField(step.id, name, schema)] as const,
    ),
  );
  return { title, steps: new Map(steps.map((step) => [step.id, step.title])), fields: new Map(fields) };
}

function shownField(stepId: string, name: string, jsonSchema: JsonSchema): ShownField {
  // The server checks values; label and kind do not depend on the check.
  const check = () => ({ ok: false, issues: [] }) as const;
  const { label, kind } = factsOf(
    fieldOf({ name, stepId, required: false, jsonSchema, group: null, lookup: null, check }),
  );
  return { label, kind };
}

/** Shows a field as a person would write it: `Start date: Friday 1 October 2027`. */
export function showField(name: string, value: unknown, labels: WorkflowLabels): string {
  return `${showLabel(name, labels)}: ${showValue(value, labels.fields.get(name)?.kind)}`;
}

/** Returns a field's label, or its name if the definition no longer has the field. */
export function showLabel(name: string, labels: WorkflowLabels): string {
  return plainText(labels.fields.get(name)?.label ?? name);
}

/** One line for each collected field, in the order of the steps. */
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

/** `24 November 2026, 03:07`, in the local time zone. */
export function showMoment(date: Date): string {
  return `${day.format(date)}, ${timeOfDay.format(date)}`;
}
