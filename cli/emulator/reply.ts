import { askField } from '../../server/agents/guided/ask-field.ts';
import type { Field } from '../../server/domain/workflow.ts';
import type { Json } from '../../workflows/definition/json.ts';
import type { KnownLabels } from './known-labels.ts';
import type { ReadQuery } from './read-query.ts';

/** The part of the contract (docs/workflows.md) that the emulated agent uses. */
interface ReplyContract {
  readonly action: 'ask' | 'confirm' | 'complete';
  readonly data?: Readonly<Record<string, Json>>;
  readonly step?: string;
}

export interface Reply {
  readonly words: string;
  readonly contract: ReplyContract;
  /** The question of this reply, which the person's next words answer; absent if it asks nothing in particular. */
  readonly asks?: Field | 'confirmation';
}

type Told = Readonly<Record<string, Json>>;

export function ask(field: Field): Reply {
  return { words: askField(field), contract: { action: 'ask' }, asks: field };
}

/** Notes the values that the person gave, and asks the next question. */
export function goOn(query: ReadQuery, told: Told, labels: KnownLabels): Reply {
  const noted = Object.keys(told).map((name) => labels.labelOf(name));
  // Only a confirmation leads past a step that collects nothing.
  const reply = query.missing.length > 0 ? askNext(query, told, labels) : confirm(query, told, labels);
  const thanks = noted.length === 0 ? '' : `Noted: ${noted.join(', ')}.`;
  const space = reply.asks === 'confirmation' ? '\n\n' : ' ';
  return {
    ...reply,
    words: `${thanks}${space}${reply.words}`.trim(),
    contract: { ...reply.contract, data: told },
  };
}

/** Moves past a step that collects nothing, after the person has confirmed. */
export function leaveStep(query: ReadQuery, labels: KnownLabels): Reply {
  const step = query.stepIds[query.stepIds.indexOf(query.stepId) + 1];
  if (step === undefined) return { words: 'Then we are done. Thank you.', contract: { action: 'complete' } };
  const reply = askNext(query, {}, labels);
  return { ...reply, words: `Good. ${reply.words}`, contract: { ...reply.contract, step } };
}

/** Lists the collected values, and asks for a confirmation. */
export function confirm({ collected }: ReadQuery, told: Told, labels: KnownLabels): Reply {
  const values = new Map(collected.map((line) => splitLine(line)));
  for (const [name, value] of Object.entries(told)) values.set(name, JSON.stringify(value));
  if (values.size === 0)
    return { words: 'Shall we go on?', contract: { action: 'confirm' }, asks: 'confirmation' };
  const shown = [...values].map(([name, value]) =>
    value === null ? `- ${name}` : `- ${labels.labelOf(name)}: ${value}`,
  );
  const question = 'Is that right? Say what is to be changed like `name: value`.';
  const words = `This is what I have:\n\n${shown.join('\n')}\n\n${question}`;
  return { words, contract: { action: 'confirm' }, asks: 'confirmation' };
}

/** Splits `name: value`; a line without a value is a remark on all values. */
function splitLine(line: string): [string, string | null] {
  const [name = '', ...value] = line.split(': ');
  return [name, value.length === 0 ? null : value.join(': ')];
}

/** Asks for the first missing required field of this step, or else of the next step. */
function askNext(query: ReadQuery, told: Told, labels: KnownLabels): Reply {
  const { missing, nextStep, stepId, stepIds } = query;
  const open = [...missing, ...(nextStep?.fields ?? [])].filter(({ name }) => !Object.hasOwn(told, name));
  const next = open.find(({ required }) => required);
  if (next !== undefined) return ask(next);
  if (nextStep?.fields.length === 0) return confirm(query, told, labels);
  const isAll = stepIds.at(-1) === (nextStep?.id ?? stepId);
  const words = isAll
    ? 'That is all. Thank you.'
    : 'That is all for this step. With your next words we go on.';
  return { words, contract: { action: 'ask' } };
}
