import type { Json } from '../../../workflows/definition/json.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { lookAhead } from './compose-reply.ts';
import { formatValue } from './format-value.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { plainWords } from './plain-words.ts';

const shortThanks = ['Thanks.', 'Got it.', 'Noted.', 'All right.'];

/**
 * Says what was taken over: in full where it was read out of words, changed something or went to other fields than the
 * asked one, so that a misunderstanding shows at once; else in a word.
 * @param said the user's own words, if the values came from any
 */
export function acknowledge(
  values: ReadonlyMap<string, Json>,
  said: string | null,
  turn: GuidedTurn,
): string {
  const outlook = lookAhead(turn, values, false);
  const changes = fieldsOf(outlook.changed, turn);
  if (changes.length === 0) return values.size === 0 ? '' : 'That is what I have already.';
  const [first] = changes;
  const isPlainAnswer =
    changes.length === 1 &&
    first?.field === turn.asked &&
    said !== null &&
    plainWords(said) === plainWords(formatValue(first.field, first.value));
  const isAllShownNext = outlook.position.current.fields.length === 0 && !outlook.position.isFinished;
  const corrections = changes.filter(({ field }) => turn.collected[field.name] !== undefined);
  if (corrections.length === 0 && (isPlainAnswer || isAllShownNext)) {
    return shortThanks[turn.turnNumber % shortThanks.length] ?? '';
  }
  const lines = changes.map((change) => describeChange(change, turn));
  return lines.length === 1 ? lines.join('') : lines.map((line) => `- ${line}`).join('\n');
}

interface Change {
  readonly field: Field;
  readonly value: Json;
}

function fieldsOf(changed: Readonly<Record<string, Json>>, { workflow }: GuidedTurn): Change[] {
  const values = new Map(Object.entries(changed));
  return [...workflow.fields.values()].flatMap((field) => {
    const value = values.get(field.name);
    return value === undefined ? [] : [{ field, value }];
  });
}

function describeChange({ field, value }: Change, { collected }: GuidedTurn): string {
  const before = collected[field.name];
  const label = `**${labelOf(field)}**`;
  if (before === undefined) return `${label}: ${formatValue(field, value)} ✓`;
  return `Changed ${label}: ${formatValue(field, before)} → ${formatValue(field, value)}`;
}
