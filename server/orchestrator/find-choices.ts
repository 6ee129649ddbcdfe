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
import type { Issue } from '../../contract/errors.ts';
import type { Choice } from '../../contract/workflow-state.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import type { ReadAnswer } from '../answer/read-answer.ts';
import { parseTurn } from '../answer/parse-turn.ts';
import { noLookups, outcomeAmong, titlesAfter } from '../domain/choice-outcomes.ts';
import type { LookupOutcomes } from '../domain/choice-outcomes.ts';
import type { ConversationState } from '../domain/state.ts';
import { noContext } from '../domain/conditions.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import { mergeFields } from '../domain/merge-fields.ts';
import { idsOfTurn } from '../domain/merge-group.ts';
import type { Field, Workflow } from '../domain/workflow.ts';
import { fieldsRefused, openingRefused } from '../domain/refused-values.ts';
import { Cancellation } from './cancellation.ts';
import type { Dependencies } from './dependencies.ts';
import { choicesUnavailable } from './failures.ts';
import type { LeasedConversation } from './leased-conversation.ts';
import type { OpenTurn } from './turn.ts';

type Ports = Pick<Dependencies, 'clock' | 'observer'>;

interface LookupOptions {
  readonly key: ConversationKey;
  readonly collected: CollectedFields;
  /** The facts that the conversation was opened with. */
  readonly context: CollectedFields | undefined;
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
  { key, collected, context = noContext, loss }: LookupOptions,
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
        context,
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
 * Checks the looked-up values that the caller itself sent, prefilled or entered, before any agent is asked.
 * @returns the turn with the outcomes, and with the titles that they found
 * @throws TurnkeeperError INVALID_INPUT for a value that is no choice, and as resolveChoices does
 */
export async function checkSentChoices(
  ports: Ports,
  turn: OpenTurn,
  { loss }: Pick<LeasedConversation, 'loss'>,
): Promise<OpenTurn> {
  const { key, workflow, before, state, agentInput } = turn;
  const { context } = state;
  const isOpened = before.revision === 0;
  const collected = Object.entries(before.collected);
  const isLookedUp = ([name]: [string, unknown]): boolean => workflow.fields.get(name)?.lookup != null;
  const prefilled = new Map<string, unknown>(isOpened ? collected.filter(isLookedUp) : []);
  const others = Object.fromEntries(collected.filter((entry) => !isLookedUp(entry)));
  const ofPrefill = await resolveChoices(ports, workflow, prefilled, {
    key,
    collected: others,
    context,
    loss,
  });
  const wrongPrefill = wrongChoices('opening.prefill', ofPrefill, prefilled);
  if (wrongPrefill.length > 0) throw openingRefused(wrongPrefill);
  const entered = new Map<string, unknown>(agentInput.type === 'data' ? Object.entries(agentInput.data) : []);
  const ofInput = await resolveChoices(ports, workflow, entered, {
    key,
    collected: before.collected,
    context,
    loss,
  });
  const wrongInput = wrongChoices('input.data', ofInput, entered);
  if (wrongInput.length > 0) throw fieldsRefused(wrongInput);
  const lookups = new Map([...ofPrefill, ...ofInput]);
  if (lookups.size === 0) return turn;
  const titledBefore = withTitles(before, ofPrefill);
  return {
    ...turn,
    before: titledBefore,
    state: state === before ? titledBefore : withTitles(state, lookups),
    lookups,
  };
}

/** The issues of values that are no choices. A program sends values, not titles. */
function wrongChoices(place: string, outcomes: LookupOutcomes, sent: ReadonlyMap<string, unknown>): Issue[] {
  const wrong = [...outcomes.values()].filter(
    (outcome) => outcome.kind === 'unknown' || outcome.value !== sent.get(outcome.field),
  );
  return wrong.map(({ field }) => ({ path: `${place}.${field}`, message: 'is none of the choices' }));
}

function withTitles(state: ConversationState, lookups: LookupOutcomes): ConversationState {
  const choiceTitles = titlesAfter(state.choiceTitles, { changed: {}, collected: state.collected }, lookups);
  return { ...state, choiceTitles };
}

/**
 * Checks the looked-up values of the agent's answer, but for fields that it can't change. The answer is read once more
 * for it, but only in a workflow that has such fields.
 * @returns the outcomes of the whole turn
 * @throws TurnkeeperError as resolveChoices does
 */
export async function resolveLookups(
  ports: Ports,
  { key, workflow, state, fixed, lookups }: OpenTurn,
  answer: Pick<ReadAnswer, 'said'> | null,
  { loss }: Pick<LeasedConversation, 'loss'>,
): Promise<LookupOutcomes> {
  if (!workflow.hasLookups || answer === null || fixed === 'all') return lookups;
  const { collected, context } = state;
  const data = [...parseTurn(answer, workflow).data].filter(([field]) => !fixed.has(field));
  const ofAnswer = await resolveChoices(ports, workflow, new Map(data), { key, collected, context, loss });
  return new Map([...lookups, ...ofAnswer]);
}

/**
 * Checks the values of a turn that are for looked-up fields, before the reducer merges them.
 * @param data the values by field, as an agent or a caller sent them
 * @throws TurnkeeperError CHOICES_UNAVAILABLE where a lookup fails and its field is declared to fail the turn, or the
 * reason why the call is over
 */
async function resolveChoices(
  ports: Ports,
  workflow: Workflow,
  data: ReadonlyMap<string, unknown>,
  { key, collected, context, loss }: LookupOptions,
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
        const found = await findChoices(ports, field, said, { key, collected: fields, context, loss });
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
