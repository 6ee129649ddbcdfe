import { itemsOf } from '../../../domain/merge-group.ts';
import { applicableFields } from '../guided-turn.ts';
import type { GuidedTurn } from '../guided-turn.ts';
import { plainWords, straightQuotes } from '../field/plain-words.ts';
import { isGroupField } from './group-question.ts';
import type { GroupField } from './group-question.ts';
import { itemWords, readItemReference } from './item-reference.ts';
import type { ItemReference } from './item-reference.ts';

/** A change of a group's items, in words: the group, and what is said of which items. */
export type GroupCommand = { readonly field: GroupField } & (
  | { readonly kind: 'add'; readonly rest: string }
  | { readonly kind: 'remove'; readonly items: ItemReference }
  /** The rest is about one item: "price 12.50" of "line 2: price 12.50". */
  | { readonly kind: 'change'; readonly items: ItemReference; readonly rest: string }
);

const longestCommand = 300;
const lead =
  /^(?:(?:please|no|oops|sorry|actually|wait|also|and|ok|okay|can you|could you|let's|i want to|i'd like to)[,.!:]*\s+)+/i;
const removing =
  /^(?:remove|delete|drop|erase|take out|strike out|cross out|cancel)\s+(.{1,80}?)(?:\s+(?:please|again))?[.!]*$/i;
const adding =
  /^(?:add|insert|append)\s+(?:another|an?|one more|a new|one)(?:\s+(?:new|more))?\s+([\p{L} ]{1,40}?)\s*(?:[:,]\s*(\S[^]*))?[.!]*$/iu;
const oneMore = /^(?:another|one more|a new|a further)(?: ([\p{L} ]{1,40}?))?\s*(?:[:,]\s*(\S[^]*))?[.!]*$/iu;
const requesting = /^(?:change|set|update|correct|fix)\s+/i;
const itemWithin =
  /^(.{1,60}?)\s+(?:of|in|on|for)\s+((?:the\s+)?[\w' #]{1,40}?)(\s+(?:to|is|should be|as|=|was|are)\s+[^]+)$/i;

/** Reads a change of items, whatever was asked; null for a text that is none, from end to end. */
export function readGroupCommand(text: string, turn: GuidedTurn): GroupCommand | null {
  if (text.length > longestCommand) return null;
  const said = straightQuotes(text.trim()).replace(lead, '');
  const groups = applicableFields(turn.position).filter(isGroupField);
  for (const field of groups) {
    const command = readFor(field, said, { turn, isOnly: groups.length === 1 });
    if (command !== null) return command;
  }
  return null;
}

function readFor(
  field: GroupField,
  said: string,
  { turn, isOnly }: { readonly turn: GuidedTurn; readonly isOnly: boolean },
): GroupCommand | null {
  const { group } = field;
  const isAsked = turn.asked === field;
  const referring = { group, count: itemsOf(turn.collected[field.name]).length, isOnlyOne: isAsked };
  const words = itemWords(group).one;
  const add = adding.exec(said) ?? (isAsked ? oneMore.exec(said) : null);
  if (add !== null) {
    const named = plainWords(add[1] ?? 'one');
    if (words.includes(named) || (named === 'one' && (isAsked || isOnly)))
      return { kind: 'add', field, rest: add[2] ?? '' };
  }
  const removed = removing.exec(said)?.[1];
  if (removed !== undefined) {
    const items = readItemReference(removed, referring);
    return items === null ? null : { kind: 'remove', field, items };
  }
  const within = itemWithin.exec(said);
  if (within !== null) {
    const items = readItemReference(within[2] ?? '', { ...referring, isOnlyOne: false });
    if (items !== null) return { kind: 'change', field, items, rest: `${within[1] ?? ''}${within[3] ?? ''}` };
  }
  return readAhead(field, said, { ...referring, isOnlyOne: false });
}

/** Reads "line 2: price 12.50" and "the second line price is 12.50": the longest beginning that refers to items. */
function readAhead(
  field: GroupField,
  said: string,
  referring: Parameters<typeof readItemReference>[1],
): GroupCommand | null {
  const changed = said.replace(requesting, '');
  const [, before, after = ''] = /^([^:]{1,40}):\s*(\S[^]*)$/.exec(changed) ?? [];
  const words = changed.split(/(?<=\s)/);
  const ways: readonly (readonly [string, string])[] =
    before === undefined
      ? [5, 4, 3, 2].map((length) => [words.slice(0, length).join(''), words.slice(length).join('')])
      : [[before, after]];
  for (const [phrase, rest] of ways) {
    const items =
      rest === '' ? null : readItemReference(phrase.replace(/^(?:in|for|on|at)\s+/i, ''), referring);
    if (items !== null) return { kind: 'change', field, items, rest };
  }
  return null;
}
