import { z } from 'zod';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import { TurnkeeperError } from './errors.ts';
import { mergeFields } from './merge-fields.ts';
import type { ConversationState } from './state.ts';
import type { Workflow } from './workflow.ts';

/** A stored state under the loaded definition, and the fields that no longer fit it. */
interface MigratedState {
  readonly state: ConversationState;
  readonly unfit: readonly string[];
}

/**
 * Migrates a state from another version of the definition to the loaded one: through the definition's `migrate`, or as
 * it is. Fields that do not fit the loaded schemas are left out and named.
 */
export function migrateState(workflow: Workflow, state: ConversationState): MigratedState {
  if (state.definitionVersion === workflow.version) return { state, unfit: [] };
  // A `migrate` that renames a field leaves the old name behind as undefined: that is no field.
  const kept = Object.entries(migrate(workflow, state)).filter(([, value]) => value !== undefined);
  const merged = mergeFields(workflow, {}, new Map(kept), {
    ids: { prefix: `v${workflow.version}`, keepsGiven: true },
  });
  // What a turn changed under the other version may not fit any more, so nothing can be taken back.
  const { lastChange: _, sources, choiceTitles, ...rest } = state;
  const { collected } = merged;
  return {
    state: {
      ...rest,
      ...(sources === undefined ? {} : { sources: ofCollected(sources, collected) }),
      ...(choiceTitles === undefined ? {} : { choiceTitles: ofCollected(choiceTitles, collected) }),
      definitionVersion: workflow.version,
      collected,
      passedSteps: state.passedSteps.filter((id) => workflow.steps.some((step) => step.id === id)),
    },
    unfit: [...merged.ignored, ...merged.rejected.map(({ field }) => field)],
  };
}

/** The parts that are about fields which are still collected. */
function ofCollected<Value>(
  byField: Readonly<Record<string, Value>>,
  collected: CollectedFields,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(byField).filter(([field]) => Object.hasOwn(collected, field)));
}

/**
 * Migrates a state of which every field must fit.
 * @throws TurnkeeperError DEFINITION_CHANGED when a collected field does not fit the loaded definition
 */
export function migrateOrThrow(workflow: Workflow, stored: ConversationState): ConversationState {
  const { state, unfit } = migrateState(workflow, stored);
  if (unfit.length === 0) return state;
  throw new TurnkeeperError(
    'DEFINITION_CHANGED',
    `This conversation was led by version ${stored.definitionVersion} of "${workflow.id}" and does not fit version ` +
      `${workflow.version}. End it as cancelled and start a new one.`,
    { issues: unfit.map((field) => ({ path: field, message: 'does not fit the new definition' })) },
  );
}

/** A promise, say, has no fields: taken for an object of fields it would lose all the collected ones. */
const migratedFields = z.record(z.string(), z.json().optional());

function migrate(workflow: Workflow, state: ConversationState): CollectedFields {
  if (workflow.migrate === undefined) return state.collected;
  const migrated: unknown = workflow.migrate({
    version: state.definitionVersion,
    collected: state.collected,
  });
  const fields = migratedFields.safeParse(migrated);
  if (!fields.success)
    throw new Error(`the migrate of workflow "${workflow.id}" answers no object of JSON fields`);
  return fields.data;
}
