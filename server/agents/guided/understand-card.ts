import type { Json } from '../../../workflows/definition/json.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { readAnswer } from './read-answer/read-answer.ts';

/**
 * Takes a card's data as values of the fields it names. Cards send their inputs as text, so text is read as an answer
 * where the field takes something else. What is no field's is left alone.
 */
export function understandCard(data: Readonly<Record<string, Json>>, turn: GuidedTurn): Understanding {
  const values = new Map<string, Json>();
  const refusals: Refusal[] = [];
  for (const [name, value] of Object.entries(data)) {
    const field = turn.workflow.fields.get(name);
    // An input that was left empty is sent as an empty text.
    if (field === undefined || value === '') continue;
    const checked = field.check(value);
    const reading = checked.ok || typeof value !== 'string' ? null : readAnswer(field, value, turn.now);
    if (checked.ok) values.set(name, checked.value);
    else if (reading?.kind === 'value') values.set(name, reading.value);
    else refusals.push({ field, tried: null, why: explainRefusal(field, value), suggestions: [] });
  }
  return values.size === 0 ? { kind: 'unreadable', refusals } : { kind: 'values', values, refusals };
}
