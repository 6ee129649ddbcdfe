import type { DefinitionResult, ListedConversation } from '@turnkeeper/client';
import { findField } from '../workflow/field.ts';
import { formatValue } from '../workflow/format-value.ts';

export interface ConversationName {
  /** "Vendor onboarding: Acme Ltd". */
  readonly name: string;
  /** "Legal form: limited company", if there is a second value. */
  readonly detail: string | null;
}

/** A conversation of the list, with the name that it is shown under. */
export interface NamedConversation {
  readonly conversation: ListedConversation;
  readonly definition: DefinitionResult | null;
  readonly naming: ConversationName;
}

export function named(
  conversations: readonly ListedConversation[],
  definitions: readonly DefinitionResult[] | undefined,
): readonly NamedConversation[] {
  return conversations.map((conversation) => {
    const definition = definitions?.find(({ id }) => id === conversation.workflowId) ?? null;
    return { conversation, definition, naming: nameOf(conversation, definition) };
  });
}

/** Returns what tells a conversation from the others: the first values that were collected in it. */
function nameOf(
  { title, firstValues: [first, second] }: ListedConversation,
  definition: DefinitionResult | null,
): ConversationName {
  const shown = ({ field, value }: ListedConversation['firstValues'][number]): string =>
    formatValue(value, findField(definition, field)?.kind ?? null);
  if (first === undefined) return { name: title, detail: null };
  return {
    name: `${title}: ${shown(first)}`,
    detail: second === undefined ? null : `${second.label}: ${shown(second)}`,
  };
}

/** Returns whether a conversation has all words of a search in its name. */
export function isFound(search: string, { name, detail }: ConversationName): boolean {
  const searched = plain(`${name} ${detail ?? ''}`);
  return plain(search)
    .split(/\s+/)
    .every((word) => searched.includes(word));
}

/** Without accents and capitals, as people search. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
