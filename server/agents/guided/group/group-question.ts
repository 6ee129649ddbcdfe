import type { Json } from '../../../../workflows/definition/json.ts';
import { itemsOf, missingInItem } from '../../../domain/merge-group.ts';
import type { GroupItem } from '../../../domain/merge-group.ts';
import { labelOf } from '../../../domain/summary.ts';
import type { Field, Group } from '../../../domain/workflow.ts';
import { askField, offersFor } from '../ask-field.ts';
import type { Offer } from '../ask-field.ts';
import { formatItem } from '../field/format-value.ts';
import { listInWords } from '../field/plain-words.ts';

/** The next question about a group. It follows from the group's items alone, so that nothing has to be remembered. */
export type GroupQuestion =
  | {
      readonly kind: 'item';
      /** Null for an item that is yet to be added. */
      readonly item: GroupItem | null;
      /** From 1. */
      readonly number: number;
      readonly field: Field;
    }
  | { readonly kind: 'more' };

export interface GroupField extends Field {
  readonly group: Group;
}

export function isGroupField(field: Field | null): field is GroupField {
  return field !== null && field.group !== null;
}

/** Asks for the first value that an item lacks, then for as many items as the group needs, then for another one. */
export function groupQuestion(group: Group, value: Json | undefined): GroupQuestion {
  const items = itemsOf(value);
  const at = items.findIndex((item) => missingInItem(group, item).length > 0);
  const item = items[at];
  const open = item === undefined ? undefined : missingInItem(group, item)[0];
  if (item !== undefined && open !== undefined) return { kind: 'item', item, number: at + 1, field: open };
  const fields = [...group.fields.values()];
  const first = fields.find(({ required }) => required) ?? fields[0];
  if (first === undefined || items.length >= Math.max(1, group.minItems)) return { kind: 'more' };
  return { kind: 'item', item: null, number: items.length + 1, field: first };
}

export interface AskedGroup {
  readonly said: string;
  readonly offers: readonly Offer[];
}

/** Asks the next question about a group, in markdown. */
export function askGroup(field: GroupField, value: Json | undefined): AskedGroup {
  const { group } = field;
  const question = groupQuestion(group, value);
  if (question.kind === 'more') {
    return {
      said: [listItems(field, value), mentionOptional(group, value), `Another ${nameOf(group)}? (yes or no)`]
        .filter((part) => part !== '')
        .join('\n\n'),
      offers: [
        { title: `Yes, another ${nameOf(group)}`, value: 'yes' },
        { title: 'No, that is all', value: 'no' },
      ],
    };
  }
  const mayBeNone = question.item === null && question.number === 1 && group.minItems === 0;
  return {
    said: [
      ...(question.item === null && question.number === 1 ? [introduce(field)] : []),
      `**${group.itemTitle} ${question.number}.** ${askField(question.field)}`,
      ...(mayBeNone ? [`If there is no ${nameOf(group)} at all, say *none*.`] : []),
    ].join('\n\n'),
    offers: offersFor(question.field),
  };
}

function introduce(field: GroupField): string {
  const { description } = field.jsonSchema;
  const about = typeof description === 'string' ? `: ${description.replace(/[.:]$/, '')}` : '';
  return `Let's take down **${labelOf(field)}**, one by one${about}.`;
}

export function nameOf({ itemTitle }: Group): string {
  return /^\p{Lu}{2}/u.test(itemTitle) ? itemTitle : itemTitle.toLowerCase();
}

const mostListed = 10;

/** Lists the items with their numbers, the newest ones where there are many. */
export function listItems(field: GroupField, value: Json | undefined): string {
  const items = itemsOf(value);
  const from = Math.max(0, items.length - mostListed);
  const lines = items
    .slice(from)
    .map((item, index) => `${from + index + 1}. ${formatItem(field.group, item)}`);
  const heading = `**${labelOf(field)}** so far${from === 0 ? '' : ` (the last ${mostListed} of ${items.length})`}:`;
  return lines.length === 0 ? '' : `${heading}\n${lines.join('\n')}`;
}

/** Mentions what the last item may have besides. */
function mentionOptional(group: Group, value: Json | undefined): string {
  const items = itemsOf(value);
  const last = items.at(-1);
  const open = [...group.fields.values()].filter(
    (field) => !field.required && last?.values.has(field.name) === false,
  );
  const [first] = open;
  if (first === undefined) return '';
  const names = listInWords(
    open.map((field) => `**${labelOf(field)}**`),
    'or',
  );
  return `You can also give ${nameOf(group)} ${items.length} a ${names}: just write “${nameOf(group)} ${items.length}: ${labelOf(first).toLowerCase()} …”.`;
}
