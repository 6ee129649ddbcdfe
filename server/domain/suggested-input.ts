import { z } from 'zod';
import type { SuggestedInput } from '../../contract/workflow-state.ts';
import { missingFields } from './position.ts';
import type { Position } from './position.ts';
import type { Progression } from './state.ts';
import type { JsonSchema } from './workflow.ts';

const choicesSchema = z.looseObject({ enum: z.array(z.string()).min(1) });

/** The string values that a field's schema allows, when it lists them. */
function choicesOf(schema: JsonSchema): readonly string[] | null {
  const parsed = choicesSchema.safeParse(schema);
  return parsed.success ? parsed.data.enum : null;
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
  return { type: 'text', field: next.name };
}
