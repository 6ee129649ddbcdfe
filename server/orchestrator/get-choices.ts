import type { ChoicesPage } from '../../contract/results.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { migrateOrThrow } from '../domain/migrate-state.ts';
import type { Dependencies } from './dependencies.ts';
import { notFound } from './failures.ts';
import { findChoices } from './find-choices.ts';
import { workflowOf } from './open-or-resume.ts';

export interface ChoicesQuery {
  readonly key: ConversationKey;
  readonly field: string;
  readonly query: string;
  readonly limit: number;
  /** The number of choices on the pages before. */
  readonly from: number;
}

/**
 * A page of the choices of a looked-up field, for a person who types. The conversation is read as `getConversation` reads
 * it, so that a stranger's is not found (I8).
 * @throws TurnkeeperError WORKFLOW_NOT_FOUND, INVALID_INPUT, CHOICES_UNAVAILABLE, DEFINITION_CHANGED,
 * CONVERSATION_UNREADABLE, STATE_STORE_UNAVAILABLE
 */
export async function getChoices(
  dependencies: Dependencies,
  { key, field: name, query, limit, from }: ChoicesQuery,
): Promise<ChoicesPage> {
  const found = await dependencies.store.read(key, { turns: 1 });
  if (found === null) throw notFound();
  const workflow = workflowOf(dependencies.workflows.current, found.state, null);
  const field = workflow.fields.get(name);
  if (field?.lookup == null) {
    throw new TurnkeeperError('INVALID_INPUT', 'This field has no choices to look up.', {
      issues: [{ path: 'field', message: 'must be a field of the workflow whose choices are looked up' }],
    });
  }
  const { collected, context } = migrateOrThrow(workflow, found.state);
  const choices = await findChoices(dependencies, field, query, { key, collected, context, loss: null });
  const end = from + limit;
  return {
    choices: choices.slice(from, end),
    nextCursor: end < choices.length ? String(end) : null,
  };
}
