import type { CollectedFields } from '../../../workflows/definition/json.ts';
import type { PreamblePlaceholder } from '../../../workflows/definition/preamble.ts';
import { missingFields } from '../position.ts';
import type { Position } from '../position.ts';
import type { TurnRecord } from '../result.ts';
import type { Workflow } from '../workflow.ts';
import { defaultPreamble } from './default-preamble.ts';
import { fitValues } from './fit-values.ts';
import type { RenderedValue } from './fit-values.ts';
import { retellTurns } from './retell-turns.ts';

export interface QueryContext {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  readonly turnNumber: number;
  /** What an agent has to be told of the past, oldest first; empty for one that was there. */
  readonly retold: readonly TurnRecord[];
}

export interface QueryOptions {
  /** The user's words, whole; `null` when the turn has none (a card action, the opening). */
  readonly userText: string | null;
  /** What stands in place of words in such a turn. */
  readonly occasion: string;
  /** What the preamble may take, in characters. The user's words do not count, they are never cut (I10). */
  readonly contextMaxChars: number;
  /** Yields random marks; the first that occurs nowhere in the texts is used. */
  readonly newMark: () => string;
}

/**
 * The query for the agent: what it must know of the conversation, then the user's words, each between delimiters that
 * carry a mark which neither the words nor any value can contain, so that nothing passes for what it is not (I10).
 */
export function buildContextualQuery(context: QueryContext, options: QueryOptions): string {
  const preamble = renderWithRetelling(context, options.contextMaxChars);
  const words = options.userText ?? options.occasion;
  const mark = unusedMark(options.newMark, [preamble, words]);
  const userLabel = options.userText === null ? 'occasion' : 'user';
  return [
    `[context ${mark}]`,
    preamble,
    `[end of context ${mark}]`,
    `[${userLabel} ${mark}]`,
    words,
    `[end of ${userLabel} ${mark}]`,
  ].join('\n');
}

function unusedMark(newMark: () => string, texts: readonly string[]): string {
  let mark = newMark();
  while (texts.some((text) => text.includes(mark))) mark = newMark();
  return mark;
}

/** The collected values give way to the retelling for as much as a third of the room; it may have all that is left over. */
function renderWithRetelling(context: QueryContext, maxChars: number): string {
  const reservedChars = retellTurns(context.retold, Math.floor(maxChars / 3)).length;
  const briefing = renderPreamble(context, maxChars - reservedChars);
  return briefing + retellTurns(context.retold, maxChars - briefing.length);
}

function renderPreamble(context: QueryContext, maxChars: number): string {
  const { workflow, position, collected } = context;
  const template = workflow.preamble ?? defaultPreamble;
  const values = renderCollected(collected);
  const missing = missingFields(position.current, collected);
  const render = (shown: { missing: string; collected: string }): string =>
    fillTemplate(template, {
      workflow: workflow.title,
      step: describeStep(position),
      steps: position.applicable.map((step) => `${step.id} (${step.title})`).join(', '),
      turn: String(context.turnNumber),
      ...shown,
    });
  const schemas = missing.map((field) => `${field.name}: ${JSON.stringify(field.jsonSchema)}`);
  const names = missing.map((field) => field.name);
  const whole = render({ missing: listed(schemas), collected: listed(values.map(line)) });
  if (whole.length <= maxChars) return whole;
  // Values give way first; only when they have nothing left to give do the schemas shrink to their fields' names.
  const withValuesIn = (missingText: string): string => {
    const note = 'Some collected values are shown shortened.';
    const empty = values.map(({ name }) => line({ name, text: '' }));
    const fixed = render({ missing: missingText, collected: listed([...empty, note]) });
    const uses = Math.max(1, template.split('{{collected}}').length - 1);
    const fitted = fitValues(values, Math.floor((maxChars - fixed.length) / uses));
    const lines = fitted.values.map(line);
    return render({
      missing: missingText,
      collected: listed(fitted.wereShortened ? [...lines, note] : lines),
    });
  };
  const shortened = withValuesIn(listed(schemas));
  return shortened.length <= maxChars ? shortened : withValuesIn(listed(names));
}

function describeStep({ current }: Position): string {
  const description = current.description === undefined ? '' : `: ${current.description}`;
  return `${current.id} (${current.title})${description}`;
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
