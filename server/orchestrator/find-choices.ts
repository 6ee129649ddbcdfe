/**
 * The choices of fields that are looked up: a cost centre, a customer.
 *
 * The job: ask a definition's `find` within a deadline, for a person who types and for a value that is about to be stored.
 * The boundary: the outcome of a check is an input of the pure reducer, and is stored with the turn, so that a replay asks
 * nothing (I4). It keeps that
 * - a lookup is not trusted to end, to heed its signal, to stay small or to answer what it should;
 * - a lookup that fails fails its turn, or lets the value pass unchecked, as the definition declares.
 */
import { z } from 'zod';
import type { Choice } from '../../contract/workflow-state.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import type { ReadAnswer } from '../answer/read-answer.ts';
import { parseTurn } from '../answer/parse-turn.ts';
import { noLookups, outcomeAmong } from '../domain/choice-outcomes.ts';
import type { LookupOutcomes } from '../domain/choice-outcomes.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import { mergeFields } from '../domain/merge-fields.ts';
import { idsOfTurn } from '../domain/merge-group.ts';
import type { Field, Workflow } from '../domain/workflow.ts';
import { Cancellation } from './cancellation.ts';
import type { Dependencies } from './dependencies.ts';
import { choicesUnavailable } from './failures.ts';
import type { LeasedConversation } from './leased-conversation.ts';
import type { OpenTurn } from './turn.ts';

type Ports = Pick<Dependencies, 'clock' | 'observer'>;

interface LookupOptions {
  readonly key: ConversationKey;
  readonly collected: CollectedFields;
  /** Cancelled when the call that needs the choices is over; null where nothing cancels it. */
  readonly loss: Cancellation | null;
}

const foundSchema = z.array(
  z.object({ value: z.string().max(limits.choiceChars), title: z.string().max(limits.choiceChars) }),
);

/**
 * Looks up the choices of a field, best first.
 * @throws TurnkeeperError CHOICES_UNAVAILABLE, or the reason why the call is over
 */
export async function findChoices(
  { clock, observer }: Ports,
  { name, lookup }: Pick<Field, 'name' | 'lookup'>,
  query: string,
  { key, collected, loss }: LookupOptions,
): Promise<readonly Choice[]> {
  if (lookup === null) return [];
  const asking = new Cancellation();
  const began = clock.now();
  const late = new Error(`no choices within ${limits.lookupMs} ms`);
  const stopClock = clock.after(limits.lookupMs, () => asking.cancel(late));
  const stopWatching = loss?.onCancelled((reason) => asking.cancel(reason));
  try {
    const found = await asking.unlessCancelled(() =>
      lookup.find(query.slice(0, limits.lookupQueryChars), {
        fields: collected,
        context: {},
        signal: asking.signal,
      }),
    );
    const choices = foundSchema.parse(Array.isArray(found) ? found.slice(0, limits.choicesFound) : found);
    return choices.map(({ value, title }) => ({ value, title }));
  } catch (error) {
    if (isTurnkeeperError(error)) throw error;
    observer.tell({
      type: 'choices.failed',
      key,
      field: name,
      outcome: error === late ? 'timed-out' : 'failed',
      durationMs: clock.now() - began,
    });
    throw choicesUnavailable(error);
  } finally {
    stopClock();
    stopWatching?.();
    asking.cancel(late);
  }
}

/**
 * Checks the values of an agent's answer that are for looked-up fields. The answer is read once more for it, but only in a
 * workflow that has such fields.
 * @throws as resolveChoices does
 */
export function resolveAnswer(
  ports: Ports,
  { key, workflow, state }: Pick<OpenTurn, 'key' | 'workflow' | 'state'>,
  answer: Pick<ReadAnswer, 'said'>,
  { loss }: Pick<LeasedConversation, 'loss'>,
): Promise<LookupOutcomes> | LookupOutcomes {
  if (!workflow.hasLookups) return noLookups;
  const { data } = parseTurn(answer, workflow);
  return resolveChoices(ports, workflow, data, { key, collected: state.collected, loss });
}

/**
 * Checks the values of a turn that are for looked-up fields, before the reducer merges them.
 * @public Values that a caller enters need the same check.
 * @param data the values by field, as an agent or a caller sent them
 * @throws TurnkeeperError CHOICES_UNAVAILABLE where a lookup fails and its field is declared to fail the turn, or the
 * reason why the call is over
 */
export async function resolveChoices(
  ports: Ports,
  workflow: Workflow,
  data: ReadonlyMap<string, unknown>,
  { key, collected, loss }: LookupOptions,
): Promise<LookupOutcomes> {
  const asked = [...data].flatMap(([name, said]) => {
    const field = workflow.fields.get(name);
    const isOpen = field?.lookup != null && typeof said === 'string' && collected[name] !== said;
    return isOpen && field.check(said).ok ? [{ field, said }] : [];
  });
  if (asked.length === 0) return noLookups;
  // A lookup may depend on other fields of the same turn.
  const others = new Map([...data].filter(([name]) => !asked.some(({ field }) => field.name === name)));
  const { collected: fields } = mergeFields(workflow, collected, others, { ids: idsOfTurn(0) });
  const outcomes = await Promise.all(
    asked.map(async ({ field, said }) => {
      const { name, lookup } = field;
      try {
        const found = await findChoices(ports, field, said, { key, collected: fields, loss });
        return outcomeAmong(name, said, found);
      } catch (error) {
        const isAccepted =
          lookup?.whenUnavailable === 'accept' && isTurnkeeperError(error, 'CHOICES_UNAVAILABLE');
        if (!isAccepted) throw error;
        return { field: name, kind: 'unavailable', value: said } as const;
      }
    }),
  );
  return new Map(outcomes.map((outcome) => [outcome.field, outcome]));
}
