/**
 * The choices of looked-up fields, for one turn of the guided agent: it looks up what the text says of such a field, and
 * then reads and asks the field like one whose choices are listed.
 */
import type { Choice } from '../../../../contract/workflow-state.ts';
import type { Briefing } from '../../../domain/briefing.ts';
import { isTurnkeeperError } from '../../../domain/errors.ts';
import { findPosition } from '../../../domain/position.ts';
import type { Field, Workflow } from '../../../domain/workflow.ts';
import { applicableFields } from '../guided-turn.ts';
import type { GuidedTurn } from '../guided-turn.ts';
import { listInWords, plainWords } from '../field/plain-words.ts';
import { readLabels } from '../labelled-values.ts';

type Find = NonNullable<Briefing['findChoices']>;

const mostOffered = 8;
const mostRead = 50;

/**
 * Returns the turn with the choices that fit what was said, and the first ones of fields that may be asked next.
 * @param text the user's words; null without any
 * @throws TurnkeeperError CHOICES_UNAVAILABLE where a lookup fails and its field is declared to fail the turn
 */
export async function withLookedUpChoices(
  turn: GuidedTurn,
  text: string | null,
  { findChoices, choiceTitles }: Pick<Briefing, 'findChoices' | 'choiceTitles'>,
): Promise<GuidedTurn> {
  const fields = applicableFields(turn.position).filter(({ lookup }) => lookup !== null);
  if (findChoices === null || fields.length === 0) return turn;
  const labelled = text === null ? [] : readLabels(text, turn).labelled;
  const derived = await Promise.all(
    fields.map(async (field): Promise<Field> => {
      const said = labelled.filter((value) => value.field === field).map((value) => value.text);
      const queries = turn.asked === field && text !== null ? [...said, text] : said;
      const known = knownChoice(field, turn, choiceTitles);
      return lookedUp(field, { queries, known, find: findChoices });
    }),
  );
  return withFields(turn, new Map(derived.map((field) => [field.name, field])));
}

function knownChoice(
  { name }: Field,
  { collected }: GuidedTurn,
  titles: Briefing['choiceTitles'],
): Choice | null {
  const value = collected[name];
  return typeof value === 'string' ? { value, title: titles[name] ?? value } : null;
}

interface Looking {
  readonly queries: readonly string[];
  readonly known: Choice | null;
  readonly find: Find;
}

async function lookedUp(field: Field, { queries, known, find }: Looking): Promise<Field> {
  const ofKnown = known === null ? [] : [known];
  try {
    if (queries.length === 0) {
      const offered = known === null ? await find(field, '') : [];
      return withChoices(field, [...offered.slice(0, mostOffered), ...ofKnown]);
    }
    const found = await Promise.all(queries.map((query) => findFor(field, query.trim(), find)));
    const unclear = found.find(({ choices, isExact }) => choices.length > 1 && !isExact);
    if (unclear !== undefined) return unclearChoices(field, unclear.choices);
    const choices = found.flatMap((one) => one.choices);
    if (choices.length > 0) return withChoices(field, [...choices, ...ofKnown]);
    return refusing(field, (await find(field, '')).slice(0, mostOffered), 'I found none of that name.');
  } catch (error) {
    if (!isTurnkeeperError(error, 'CHOICES_UNAVAILABLE')) throw error;
    // Nothing was said of it: the turn need not fail for choices that are only offered.
    if (queries.length === 0) return withChoices(field, ofKnown);
    if (field.lookup?.whenUnavailable !== 'accept') throw error;
    return { ...field, lookup: null, control: { ...field.control, type: 'text', isLookedUp: false } };
  }
}

interface FoundFor {
  readonly choices: readonly Choice[];
  /** True if the words are a whole title or value. */
  readonly isExact: boolean;
}

const courtesy =
  /^(?:it'?s|it is|the|that'?s|for|to|please)\s+|[\s,]+(?:please|thanks|thank you)[.!]*$|[.!]+$/gi;

/** Finds the choices for some words, with or without the courtesy around them. Digits count only as a whole value. */
async function findFor(field: Field, said: string, find: Find): Promise<FoundFor> {
  const bare = said.replace(courtesy, '').trim();
  const found = (await find(field, bare === '' ? said : bare)).slice(0, mostRead);
  const exact = found.filter(({ value, title }) =>
    [value, title].some((name) => plainWords(name) === plainWords(bare)),
  );
  if (exact.length === 1) return { choices: exact, isExact: true };
  return /^[\d#\s]+$/.test(bare) ? { choices: [], isExact: false } : { choices: found, isExact: false };
}

/** A field that asks back which of several choices was meant: its reader might take the first that fits. */
function unclearChoices(field: Field, choices: readonly Choice[]): Field {
  const named = choices.slice(0, mostOffered).map(({ title }) => title);
  const more = choices.length > named.length ? ', or one of others' : '';
  return refusing(field, choices.slice(0, mostOffered), `Did you mean ${listInWords(named, 'or')}${more}?`);
}

/** A field that offers choices, and takes nothing of what was said: a number, say, that fits some list by chance. */
function refusing(field: Field, choices: readonly Choice[], why: string): Field {
  return { ...field, control: { ...field.control, choices }, check: () => ({ ok: false, issues: [why] }) };
}

function withChoices(field: Field, choices: readonly Choice[]): Field {
  return {
    ...field,
    control: { ...field.control, choices },
    check: (value) =>
      choices.some((choice) => choice.value === value)
        ? field.check(value)
        : { ok: false, issues: ['is none of the choices'] },
  };
}

/** The same turn over a workflow in which some fields are others of the same names. */
function withFields(turn: GuidedTurn, others: ReadonlyMap<string, Field>): GuidedTurn {
  const { workflow, position, collected, asked } = turn;
  const replaced = (field: Field): Field => others.get(field.name) ?? field;
  const changed: Workflow = {
    ...workflow,
    steps: workflow.steps.map((step) => ({ ...step, fields: step.fields.map(replaced) })),
    fields: new Map([...workflow.fields].map(([name, field]) => [name, replaced(field)])),
  };
  const { applicable, completed, context, awaited } = position;
  const passedSteps = applicable
    .filter((step) => !step.collects && completed.has(step.id))
    .map(({ id }) => id);
  return {
    ...turn,
    workflow: changed,
    position: findPosition(changed, { collected, passedSteps, context, awaitsMore: awaited?.name }),
    asked: asked === null ? null : replaced(asked),
  };
}
