/**
 * The guided agent within a repeating group: it asks item by item, field by field, and then for another one.
 *
 * The job: find what a text says about the items of a group, and answer it with operations on items. The boundary: the
 * reading of one item's values is that of any fields (`understandText`, over the item's own fields); a text about
 * anything else than a group is for the caller. It keeps that
 * - a reading counts only if the whole answer is accounted for: anything else is asked back, and changes nothing;
 * - nothing has to be remembered: the question asked last follows from the items.
 */
import type { Json } from '../../../../workflows/definition/json.ts';
import { itemsOf } from '../../../domain/merge-group.ts';
import type { GroupItem } from '../../../domain/merge-group.ts';
import { findPosition } from '../../../domain/position.ts';
import type { Field } from '../../../domain/workflow.ts';
import { readCommand, soundsLikeQuestion } from '../commands.ts';
import type { ReplyDraft } from '../compose-reply.ts';
import { formatItem } from '../field/format-value.ts';
import { listInWords, plainWords, quote } from '../field/plain-words.ts';
import type { GuidedTurn, Understanding } from '../guided-turn.ts';
import { readLabels } from '../labelled-values.ts';
import { isJson } from '../read-answer/lists.ts';
import { readConfirmation, readYesNo } from '../read-answer/yes-no.ts';
import { respond } from '../respond.ts';
import { understandText } from '../understand-text.ts';
import { readGroupCommand } from './group-commands.ts';
import type { GroupCommand } from './group-commands.ts';
import { groupQuestion, isGroupField, nameOf } from './group-question.ts';
import type { GroupField, GroupQuestion } from './group-question.ts';

/** Answers a text that is about a group; null for one that is about something else. */
export function respondInGroup(text: string, turn: GuidedTurn): ReplyDraft | null {
  const { asked } = turn;
  if (isJson(text)) return null;
  const command = readGroupCommand(text, turn);
  if (command !== null) return carryOut(command, text, turn);
  if (!isGroupField(asked) || turn.turnNumber === 1) return null;
  const question = groupQuestion(asked.group, turn.collected[asked.name]);
  return question.kind === 'more'
    ? answerMore(text, turn, asked)
    : answerItem(text, turn, { asked, question });
}

function carryOut(command: GroupCommand, text: string, turn: GuidedTurn): ReplyDraft {
  const { field } = command;
  const { group } = field;
  const loops = turn.asked === field ? { more: field } : {};
  const items = itemsOf(turn.collected[field.name]);
  if (command.kind === 'add') {
    if (items.length >= group.maxItems) return sayOnly(`There can be at most ${group.maxItems}.`, loops);
    if (command.rest === '') return { lead: [], data: operations(field, [add({})]), more: field };
    return { ...readItem(command.rest, turn, { field, item: null, isAsked: false }), more: field };
  }
  if (command.items.kind === 'none-there') return sayOnly(whyNoneThere(command, items.length), loops);
  const named = command.items.positions.flatMap((position) => items[position] ?? []);
  if (command.kind === 'remove') {
    const removed = named.map(
      (item) => `Removed ${placeOf(field, item, items)} (${formatItem(group, item)}).`,
    );
    const data = operations(
      field,
      named.map(({ id }): Json => ({ op: 'remove', id })),
    );
    return {
      lead: [removed.length > 5 ? `Removed ${removed.length} of them.` : removed.join('\n')],
      data,
      ...loops,
    };
  }
  const [item, ...others] = named;
  if (item === undefined) return sayOnly(`I understood nothing of ${quote(text)}.`, loops);
  if (others.length > 0)
    return sayOnly(
      `I understood ${nameOf(group)}s, but I can only change one at a time. Please say them one by one.`,
      loops,
    );
  return { ...readItem(command.rest, turn, { field, item, isAsked: false }), ...loops };
}

function whyNoneThere({ field, items }: Exclude<GroupCommand, { kind: 'add' }>, count: number): string {
  const name = nameOf(field.group);
  const said = items.kind === 'none-there' ? quote(items.said) : '';
  if (count === 0) return `I understood ${said}, but there is no ${name} yet.`;
  return `I understood ${said}, but there ${count === 1 ? `is only one ${name}` : `are only ${count}`}.`;
}

/** Reads a text about one item by the item's own fields, and answers it. */
function readItem(
  text: string,
  turn: GuidedTurn,
  {
    field,
    item,
    isAsked,
  }: { readonly field: GroupField; readonly item: GroupItem | null; readonly isAsked: boolean },
): ReplyDraft {
  const within = itemTurn(turn, field, item, isAsked);
  const understanding = understandText(text, within);
  const isRead =
    understanding.kind === 'values' || understanding.kind === 'clear' || understanding.kind === 'reopen';
  if (!isAsked && !isRead) return sayOnly(whyUnread(text, understanding, field), {});
  return asOperations(respond(understanding, text, within), { field, item });
}

function whyUnread(text: string, understanding: Understanding, { group }: GroupField): string {
  const why = understanding.kind === 'unreadable' ? understanding.refusals.map((refusal) => refusal.why) : [];
  const labels = [...group.fields.values()].map(({ control }) => control.title.toLowerCase());
  const example = `“${nameOf(group)} 1: ${labels[0] ?? ''} …”`;
  return [
    ...why,
    `I can't read ${quote(text)} as a part of the ${nameOf(group)}. Please name it, as in ${example}; there is ${listInWords(labels)}.`,
  ]
    .slice(0, why.length > 0 ? 1 : undefined)
    .join(' ');
}

/** The turn as a turn about one item: its fields are the workflow's, and its values are what is collected. */
function itemTurn(
  turn: GuidedTurn,
  { group, stepId }: GroupField,
  item: GroupItem | null,
  isAsked: boolean,
): GuidedTurn {
  const fields = [...group.fields.values()];
  const [shape] = turn.workflow.steps;
  if (shape === undefined) throw new Error('a workflow has a step');
  const workflow = {
    ...turn.workflow,
    steps: [
      {
        ...shape,
        id: stepId,
        title: group.itemTitle,
        description: undefined,
        fields,
        isApplicable: () => true,
      },
    ],
    fields: group.fields,
  };
  const collected = Object.fromEntries(item?.values ?? []);
  const position = findPosition(workflow, { collected, passedSteps: [] });
  const open = fields.find((field) => field.required && collected[field.name] === undefined);
  const asked = isAsked ? (open ?? fields[0] ?? null) : null;
  return { ...turn, workflow, position, collected, asked, turnNumber: Math.max(2, turn.turnNumber) };
}

/** A reply about an item as one about its group: the item's values become an operation on it. */
function asOperations(
  draft: ReplyDraft,
  { field, item }: { readonly field: GroupField; readonly item: GroupItem | null },
): ReplyDraft {
  if (draft.data.size === 0) return draft;
  const values = Object.fromEntries(draft.data);
  const operation: Json = item === null ? add(values) : { op: 'set', id: item.id, values };
  return { ...draft, data: operations(field, [operation]) };
}

const finished =
  /^(?:(?:no )?(?:that's|that is|that was|this is|this was) (?:all|it|everything|the last(?: one)?)|done|all done|i'm done|we're done|finished|no more|nothing (?:else|more)|none|no(?:t)? (?:other|another|further)(?: ones?)?|that'll be all|end of (?:the )?list|complete|enough)$/;
const none = /^(?:none|no|nope|nothing|there (?:is|are) none|no \p{L}+|i have none|not any|zero|0)$/u;

/** Answers a reply to "Another one?". */
function answerMore(text: string, turn: GuidedTurn, asked: GroupField): ReplyDraft | null {
  const said = plainWords(text);
  const answer = finished.test(said)
    ? false
    : (readYesNo(text) ?? (readConfirmation(text) === 'yes' ? true : null));
  if (answer === true) return { lead: [], data: operations(asked, [add({})]), more: asked };
  if (answer === false) return { lead: ['All right.'], data: nothing };
  const command = readCommand(text);
  if (command === 'back') return goBackIn(turn, asked);
  if (command === 'help') return { lead: [howToChange(asked)], data: nothing, more: asked };
  if (command !== null)
    return withMore(respond({ kind: command === 'greeting' ? 'greeted' : command }, text, turn), asked);
  if (isAboutOthers(text, turn, asked)) return null;
  // The next item may be said at once: "yes, lunch for 12.50", or its values alone.
  const rest = text.replace(/^(?:yes|yeah|yep|sure|ok)[,.:!]*\s+/i, '');
  const within = itemTurn(turn, asked, null, rest !== text);
  const understanding = understandText(
    rest,
    rest === text ? { ...within, asked: firstOf(asked), turnNumber: 1 } : within,
  );
  if (understanding.kind === 'values' && understanding.values.size > 0) {
    return {
      ...asOperations(respond(understanding, text, { ...within, turnNumber: 2 }), {
        field: asked,
        item: null,
      }),
      more: asked,
    };
  }
  const name = nameOf(asked.group);
  const why = soundsLikeQuestion(text)
    ? `I only take down each ${name} here.`
    : `I can't tell from ${quote(text)} whether there is another ${name}.`;
  return { lead: [why], data: nothing, more: asked };
}

function firstOf({ group }: GroupField): Field | null {
  return [...group.fields.values()].find(({ required }) => required) ?? null;
}

type ItemQuestion = Extract<GroupQuestion, { readonly kind: 'item' }>;

/** Answers a reply to a question about one field of an item. */
function answerItem(
  text: string,
  turn: GuidedTurn,
  { asked, question }: { readonly asked: GroupField; readonly question: ItemQuestion },
): ReplyDraft | null {
  const { item, number } = question;
  const isFirst = item === null && number === 1;
  if (isFirst && asked.group.minItems === 0 && none.test(plainWords(text))) {
    return { lead: ['All right, none.'], data: new Map([[asked.name, []]]) };
  }
  const command = readCommand(text);
  if (command === 'back' && (item?.values.size ?? 0) === 0) return goBackIn(turn, asked);
  if (command === 'status' || command === 'undo' || command === 'restart' || command === 'stop') return null;
  if (isAboutOthers(text, turn, asked)) return null;
  return withMore(readItem(text, turn, { field: asked, item, isAsked: true }), asked);
}

/** True if a text has labels of fields outside of the group, and none of the item's own. */
function isAboutOthers(text: string, turn: GuidedTurn, asked: GroupField): boolean {
  const { labelled } = readLabels(text, turn);
  if (!labelled.some(({ field }) => field !== asked)) return false;
  return readLabels(text, itemTurn(turn, asked, null, true)).labelled.length === 0;
}

/** Goes back to the value given last: an item without any is taken away again. */
function goBackIn(turn: GuidedTurn, asked: GroupField): ReplyDraft | null {
  const items = itemsOf(turn.collected[asked.name]);
  const last = items.at(-1);
  if (last === undefined) return null;
  if (last.values.size === 0) {
    if (items.length === 1) return null;
    return { lead: [], data: operations(asked, [{ op: 'remove', id: last.id }]), more: asked };
  }
  const draft = respond({ kind: 'back' }, null, { ...itemTurn(turn, asked, last, false), asked: null });
  return withMore(asOperations(draft, { field: asked, item: last }), asked);
}

function howToChange({ group }: GroupField): string {
  const name = nameOf(group);
  const labels = [...group.fields.values()].map(({ control }) => control.title.toLowerCase());
  return `You can also change what is there: “${name} 1: ${labels[0] ?? ''} …”, or “remove ${name} 1”. *back* takes back what you said last.`;
}

function placeOf({ group }: GroupField, item: GroupItem, items: readonly GroupItem[]): string {
  return `${nameOf(group)} ${items.indexOf(item) + 1}`;
}

const nothing: ReadonlyMap<string, Json> = new Map();

function sayOnly(said: string, rest: Partial<ReplyDraft>): ReplyDraft {
  return { lead: [said], data: nothing, ...rest };
}

function withMore(draft: ReplyDraft, more: GroupField): ReplyDraft {
  return { ...draft, more };
}

function add(values: Readonly<Record<string, Json>>): Json {
  return { op: 'add', values };
}

function operations(field: Field, list: readonly Json[]): ReadonlyMap<string, Json> {
  return new Map([[field.name, [...list]]]);
}
