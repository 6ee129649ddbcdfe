import type { AgentAction, RejectedField } from '../../../contract/results.ts';
import type { Activity } from '../../answer/activity.ts';
import type { CollectedFields, Json } from '../../../workflows/definition/json.ts';
import { mergeChecked } from '../../domain/checks.ts';
import { mergeFields } from '../../domain/merge-fields.ts';
import { idsOfTurn, itemsOf } from '../../domain/merge-group.ts';
import { findPosition, missingFields, nextField } from '../../domain/position.ts';
import type { Position } from '../../domain/position.ts';
import { askField, offersFor } from './ask-field.ts';
import type { Offer } from './ask-field.ts';
import { askGroup, isGroupField, nameOf } from './group/group-question.ts';
import { applicableFields } from './guided-turn.ts';
import type { GuidedTurn } from './guided-turn.ts';
import { formatValue, summarizeCollected } from './field/format-value.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { escapeMarkdown, listInWords, plainWords } from './field/plain-words.ts';

/** The content of a turn's reply, without the question that follows it. */
export interface ReplyDraft {
  /** The first paragraphs of the reply. */
  readonly lead: readonly string[];
  /** The fields to set, only to values that they accept; `null` clears a field. */
  readonly data: ReadonlyMap<string, Json>;
  /** The group of which another item is asked, once its items are whole. */
  readonly more?: Field;
  /** True to confirm the current step. */
  readonly confirms?: boolean;
  /** Answers to offer instead of those of the next question. */
  readonly offers?: readonly Offer[];
  /** The text that replaces the next question. */
  readonly insteadOfQuestion?: string;
  /** True to name the step even if it did not change. */
  readonly namesStep?: boolean;
}

/** The state of the conversation after a draft's data. */
interface StateAhead {
  readonly position: Position;
  readonly collected: CollectedFields;
  readonly changed: Readonly<Record<string, Json>>;
  /** The values that a check of the workflow refuses. */
  readonly rejected: readonly RejectedField[];
}

/** Computes the outcome of a draft's data, by the same rules as the turn itself. */
function lookAhead(
  turn: GuidedTurn,
  { data, confirms = false, more }: Pick<ReplyDraft, 'data' | 'confirms' | 'more'>,
): StateAhead {
  const { workflow, position } = turn;
  const { context } = position;
  const ids = idsOfTurn(turn.turnNumber);
  const { collected, changed, rejected } = mergeChecked(workflow, turn.collected, data, { ids, context });
  const passed = position.applicable.filter((step) => !step.collects && position.completed.has(step.id));
  const passedSteps = [...passed, ...(confirms ? [position.current] : [])].map((step) => step.id);
  const isFull =
    itemsOf(more === undefined ? undefined : collected[more.name]).length >= (more?.group?.maxItems ?? 0);
  const awaitsMore = isFull ? undefined : more?.name;
  return {
    position: findPosition(workflow, { collected, passedSteps, awaitsMore, context }),
    collected,
    changed,
    rejected: rejected.length === 0 ? [] : refusedByCheckAlone(turn, data, rejected),
  };
}

/** Leaves out what the fields' own schemas refuse: that is told already. */
function refusedByCheckAlone(
  { workflow, collected, turnNumber }: GuidedTurn,
  data: ReadonlyMap<string, Json>,
  rejected: readonly RejectedField[],
): readonly RejectedField[] {
  const merged = mergeFields(workflow, collected, data, { ids: idsOfTurn(turnNumber) });
  return rejected.filter(({ field }) => !merged.rejected.some((told) => told.field === field));
}

/** Nothing is acknowledged of a group's change that a check refuses. */
function leadOf({ lead, data }: ReplyDraft, { rejected }: StateAhead): readonly string[] {
  const ofGroup = rejected.some(({ field }) => Array.isArray(data.get(field.split('.')[0] ?? '')));
  return ofGroup ? [] : lead;
}

/** Tells what a check refuses in the words of its message, at the field. */
function refusedByChecks({ rejected }: StateAhead, { workflow, collected, asked }: GuidedTurn): string[] {
  return rejected.flatMap(({ field: path, issues }) => {
    const [name = '', , member = ''] = path.split('.');
    const group = workflow.fields.get(name);
    const field = group?.group?.fields.get(member) ?? group;
    if (field === undefined) return [];
    const why = escapeMarkdown(issues.join(' '));
    if (field === group && collected[name] !== undefined)
      return [`**${labelOf(field)}** stays as it was: ${why}`];
    return [field === asked ? why : `**${labelOf(field)}**: ${why}`];
  });
}

/** Composes the whole reply: the draft's paragraphs, the next question, and the contract. */
export function composeReply(draft: ReplyDraft, turn: GuidedTurn): Activity {
  const confirms = draft.confirms === true;
  const outlook = lookAhead(turn, draft);
  const next = whatComesNext(draft, turn, outlook);
  const offers = draft.offers ?? next.offers;
  const movesOn = confirms && !outlook.position.isFinished;
  return {
    type: 'message',
    text: [...leadOf(draft, outlook), ...refusedByChecks(outlook, turn), ...next.said]
      .filter((part) => part !== '')
      .join('\n\n'),
    textFormat: 'markdown',
    value: {
      action: next.action,
      ...(draft.data.size === 0 ? {} : { data: Object.fromEntries(draft.data) }),
      ...(outlook.position.awaited === null ? {} : { more: outlook.position.awaited.name }),
      ...(movesOn ? { step: outlook.position.current.id } : {}),
    },
    ...(offers.length === 0
      ? {}
      : { suggestedActions: { actions: offers.map((offer) => ({ type: 'imBack', ...offer })) } }),
  };
}

interface Next {
  readonly said: readonly string[];
  readonly action: AgentAction;
  readonly offers: readonly Offer[];
}

function whatComesNext(draft: ReplyDraft, turn: GuidedTurn, { position, collected }: StateAhead): Next {
  if (position.isFinished) {
    const closing = `All done, thank you! **${turn.workflow.title}** is complete.`;
    return { said: [closing], action: 'complete', offers: [] };
  }
  if (draft.insteadOfQuestion !== undefined) {
    return { said: [draft.insteadOfQuestion], action: 'ask', offers: [] };
  }
  const asked = nextField(position);
  if (asked === null) return askToConfirm(position, collected);
  const heading =
    draft.namesStep === true || position.current.id !== turn.position.current.id
      ? [stepHeading(position)]
      : [];
  const isLast = missingFields(position.current, collected).length === 1;
  const optional =
    isLast && asked !== turn.asked ? mentionOptional(position.current.fields, collected) : null;
  if (isGroupField(asked)) {
    const { said, offers } = askGroup(asked, collected[asked.name]);
    return { said: [...heading, said, optional ?? ''], action: 'ask', offers };
  }
  return {
    said: [...heading, askField(asked), optional ?? ''],
    action: 'ask',
    offers: offersFor(asked),
  };
}

const confirmation: readonly Offer[] = [
  { title: 'Yes, all correct', value: 'yes' },
  { title: 'No, change something', value: 'no' },
];

function askToConfirm(position: Position, collected: CollectedFields): Next {
  const summary = summarizeCollected(position, collected);
  if (summary === '') {
    return {
      said: [stepHeading(position), 'Shall we go on?'],
      action: 'confirm',
      offers: [{ title: 'Yes', value: 'yes' }],
    };
  }
  const optional = mentionOptional(applicableFields(position), collected);
  return {
    said: [
      'Here is what I have:',
      summary,
      optional ?? '',
      'Is everything right? (yes, or tell me what to change)',
    ],
    action: 'confirm',
    offers: confirmation,
  };
}

/** Mentions the optional fields without a value, and how to give one. */
function mentionOptional(fields: readonly Field[], collected: CollectedFields): string | null {
  const open = fields.filter((field) => !field.required && collected[field.name] === undefined);
  const [first] = open;
  if (first === undefined) return null;
  const names = listInWords(
    open.map((field) => `**${labelOf(field)}**`),
    'or',
  );
  const howTo = isGroupField(first) ? `add a ${nameOf(first.group)}` : `${labelOf(first).toLowerCase()}: …`;
  return `You can also tell me: ${names} (optional). Just write “${howTo}”.`;
}

function stepHeading(position: Position): string {
  const { applicable, current } = position;
  const { title, description } = current;
  const heading = `**Step ${applicable.indexOf(current) + 1} of ${applicable.length}: ${title}**`;
  return description === undefined ? heading : `${heading}\n${description}`;
}

const shortThanks = ['Thanks.', 'Got it.', 'Noted.', 'All right.'];

export function thanks({ turnNumber }: Pick<GuidedTurn, 'turnNumber'>): string {
  return shortThanks[turnNumber % shortThanks.length] ?? '';
}

/**
 * Acknowledges the values that were taken: in full if they were read out of other words, changed something or belong to
 * other fields than the asked one, so that the person notices a misunderstanding at once; else in a word.
 * @param said the user's own words, if the values came from any
 */
export function acknowledge(
  values: ReadonlyMap<string, Json>,
  said: string | null,
  turn: GuidedTurn,
): string {
  const outlook = lookAhead(turn, { data: values });
  const changes = fieldsOf(outlook.changed, turn);
  if (changes.length === 0)
    return values.size === 0 || outlook.rejected.length > 0 ? '' : 'That is what I have already.';
  const [first] = changes;
  const isPlainAnswer =
    changes.length === 1 &&
    first?.field === turn.asked &&
    said !== null &&
    plainWords(said) === plainWords(formatValue(first.field, first.value));
  const isAllShownNext = !outlook.position.current.collects && !outlook.position.isFinished;
  const corrections = changes.filter(({ field }) => turn.collected[field.name] !== undefined);
  if (corrections.length === 0 && (isPlainAnswer || isAllShownNext)) {
    return thanks(turn);
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
