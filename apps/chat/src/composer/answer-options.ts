import type { Json, Message, SuggestedInput } from '@turnkeeper/client';
import type { PageFieldKind } from '../workflow/field.ts';

/** An answer to choose: the value of the field that is asked for, or words. */
export interface Offer {
  readonly title: string;
  /** The words that mean the same, by which an answer is told from the others. */
  readonly words: string;
  /** Null for an answer that is for no field. */
  readonly sets: { readonly field: string; readonly value: Json } | null;
}

/**
 * Returns the answers to offer: the choices of the next field, then the agent's own suggestions, without duplicates.
 */
export function offersOf(suggested: SuggestedInput | null, messages: readonly Message[]): readonly Offer[] {
  const offered = [...fieldOffers(suggested), ...agentOffers(messages)];
  const known = new Set<string>();
  return offered.filter(({ words }) => {
    const key = words.trim().toLowerCase();
    if (key === '' || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function fieldOffers(suggested: SuggestedInput | null): readonly Offer[] {
  const setting = (value: Json): Offer['sets'] =>
    suggested?.field === undefined ? null : { field: suggested.field, value };
  switch (suggested?.type) {
    case 'choice':
      return (suggested.choices ?? []).map(({ title, value }) => ({
        title,
        words: value,
        sets: setting(value),
      }));
    case 'confirmation':
      return [
        { title: 'Yes', words: 'yes', sets: setting(true) },
        { title: 'No', words: 'no', sets: setting(false) },
      ];
    case 'text':
    case 'longText':
    case 'number':
    case 'date':
    case 'dateTime':
    case 'time':
    case 'email':
    case 'phone':
    case 'url':
    case 'choices':
    case 'group':
    case 'none':
    case undefined:
      return [];
  }
}

/** Returns the suggestions in the messages of the newest turn. */
function agentOffers(messages: readonly Message[]): readonly Offer[] {
  const newest = messages.at(-1)?.turn;
  return messages
    .filter(({ turn, role }) => turn === newest && role === 'assistant')
    .flatMap(({ suggestedActions }) => suggestedActions ?? [])
    .map(({ title, value }) => ({ title, words: value, sets: null }));
}

/** Returns the words on the button of a field's control; null for a kind that the text box takes as well. */
export function controlActionOf(kind: PageFieldKind): string | null {
  switch (kind) {
    case 'date':
      return 'Use this date';
    case 'date-time':
    case 'time':
      return 'Use this time';
    case 'number':
    case 'phone':
      return 'Use this number';
    case 'email':
    case 'web-address':
      return 'Use this address';
    case 'yes-no':
    case 'choice':
    case 'choices':
    case 'text':
    case 'long-text':
    case 'other':
      return null;
  }
}
