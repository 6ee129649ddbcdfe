import type { CollectedFields } from '../../../workflows/definition/json.ts';
import type { PreamblePlaceholder } from '../../../workflows/definition/preamble.ts';
import { missingFields } from '../position.ts';
import type { Position } from '../position.ts';
import type { Field, JsonSchema, Step, Workflow } from '../workflow.ts';
import { defaultPreamble } from './default-preamble.ts';
import { fitValues } from './fit-values.ts';
import type { RenderedValue } from './fit-values.ts';

interface Preamble {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  readonly turnNumber: number;
}

/** What the agent is told of the conversation, in so many characters if that can be had. */
export function renderPreamble(context: Preamble, maxChars: number): string {
  const { workflow, position, collected } = context;
  const template = workflow.preamble ?? defaultPreamble;
  const values = renderCollected(collected);
  const missing = missingFields(position.current, collected);
  const render = (shown: { missing: string; collected: string } & Outlook): string =>
    fillTemplate(template, {
      workflow: workflow.title,
      step: describeStep(position),
      steps: position.applicable.map(titleOf).join(', '),
      turn: String(context.turnNumber),
      ...shown,
    });
  const schemas = missing.map(withSchema);
  const names = missing.map(({ name }) => name);
  // What may be of use gives way first, to its fields' names and then wholly.
  for (const shown of [outlook(context, withSchema), outlook(context, ({ name }) => name), noOutlook]) {
    const whole = render({ missing: listed(schemas), collected: listed(values.map(line)), ...shown });
    if (whole.length <= maxChars) return whole;
  }
  // Then values; only when they have nothing left to give do the schemas shrink to their fields' names.
  const withValuesIn = (missingText: string): string => {
    const note = 'Some collected values are shown shortened.';
    const empty = values.map(({ name }) => line({ name, text: '' }));
    const fixed = render({ missing: missingText, collected: listed([...empty, note]), ...noOutlook });
    const uses = Math.max(1, template.split('{{collected}}').length - 1);
    const fitted = fitValues(values, Math.floor((maxChars - fixed.length) / uses));
    const lines = fitted.values.map(line);
    return render({
      missing: missingText,
      collected: listed(fitted.wereShortened ? [...lines, note] : lines),
      ...noOutlook,
    });
  };
  const shortened = withValuesIn(listed(schemas));
  return shortened.length <= maxChars ? shortened : withValuesIn(listed(names));
}

/** What is of use besides what is missing: an agent that fills the step can then ask the next question at once. */
interface Outlook {
  readonly optional: string;
  readonly next: string;
}

const noOutlook: Outlook = { optional: '(no room for it)', next: '(no room for it)' };

function outlook({ position, collected }: Preamble, shown: (field: Field) => string): Outlook {
  const { applicable, current } = position;
  const open = (step: Step): Field[] => step.fields.filter(({ name }) => collected[name] === undefined);
  const optional = open(current).filter(({ required }) => !required);
  const next = applicable[applicable.indexOf(current) + 1];
  return {
    optional: listed(optional.map(shown)),
    next:
      next === undefined
        ? '(this is the last one)'
        : titleOf(next) + listedFields(open(next).map((field) => marked(field, shown(field)))),
  };
}

function marked({ required }: Field, shown: string): string {
  return required ? shown : `(optional) ${shown}`;
}

function listedFields(lines: readonly string[]): string {
  return lines.length === 0 ? ', which has no fields to collect' : listed(lines);
}

function withSchema({ name, jsonSchema }: Field): string {
  return `${name}: ${JSON.stringify(shownSchema(jsonSchema))}`;
}

/** A format says what its pattern says: zod's pattern of a date alone takes 200 characters. */
function shownSchema(schema: JsonSchema): JsonSchema {
  if (schema['format'] === undefined) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'pattern'));
}

function describeStep({ current }: Position): string {
  const description = current.description === undefined ? '' : `: ${current.description}`;
  return titleOf(current) + description;
}

function titleOf({ id, title }: Step): string {
  return `${id} (${title})`;
}

function renderCollected(collected: CollectedFields): RenderedValue[] {
  return Object.entries(collected).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, text: JSON.stringify(value) }],
  );
}

function line({ name, text }: RenderedValue): string {
  return `${name}: ${text}`;
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? '(none)' : lines.map((item) => `\n- ${item}`).join('');
}

/** Puts values in for `{{name}}`, as literal text (a value's `$&` or `{{step}}` stays as it is), in one pass. */
export function fillTemplate(
  template: string,
  values: Readonly<Record<PreamblePlaceholder, string>>,
): string {
  const byName = new Map<string, string>(Object.entries(values));
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => byName.get(name) ?? placeholder);
}
