import { z } from 'zod';
import { missingFields } from './position.ts';
import type { Position } from './position.ts';
import type { Progression } from './state.ts';
import type { JsonSchema } from './workflow.ts';

/**
 * What kind of control fits the next answer.
 *
 * @example
 * ```ts
 * const choices = ({ type, choices = [] }: SuggestedInput) =>
 *   type === 'confirmation' ? ['yes', 'no'] : choices;
 * ```
 */
export interface SuggestedInput {
  readonly type: 'text' | 'choice' | 'confirmation' | 'none';
  /** The field that the answer is for, where it is for one. */
  readonly field?: string;
  /** What the answer is one of; beside `text`, what it may hold several of. */
  readonly choices?: readonly string[];
}

const choicesSchema = z.looseObject({ enum: z.array(z.string()).min(1) });

/** The string values that a field's schema allows, when it lists them. */
function choicesOf(schema: JsonSchema): readonly string[] | null {
  const parsed = choicesSchema.safeParse(schema);
  return parsed.success ? parsed.data.enum : null;
}

/** The values that a list may hold, when its schema names them. */
function itemChoicesOf(schema: JsonSchema): readonly string[] | null {
  const items = z.record(z.string(), z.unknown()).safeParse(schema['items']);
  return schema['type'] === 'array' && items.success ? choicesOf(items.data) : null;
}

/** Derived from the current step's next missing field, so that a client can draw the right control. */
export function suggestedInputOf(progression: Progression, position: Position): SuggestedInput {
  if (progression.status !== 'active') return { type: 'none' };
  if (progression.awaitsConfirmation) return { type: 'confirmation' };
  const next = missingFields(position.current, progression.collected)[0];
  if (next === undefined) return { type: 'text' };
  const choices = choicesOf(next.jsonSchema);
  if (choices !== null) return { type: 'choice', field: next.name, choices };
  if (next.jsonSchema['type'] === 'boolean') return { type: 'confirmation', field: next.name };
  const itemChoices = itemChoicesOf(next.jsonSchema);
  return { type: 'text', field: next.name, ...(itemChoices === null ? {} : { choices: itemChoices }) };
}
