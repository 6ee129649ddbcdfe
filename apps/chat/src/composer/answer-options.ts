import type { Message, SuggestedAction, SuggestedInput } from '@turnkeeper/client';
import type { ComponentProps } from 'react';
import type { PageField } from '../workflow/field.ts';

/**
 * Returns the answers to offer: the choices of the next field, then the agent's own suggestions, without duplicates.
 */
export function offersOf(
  suggested: SuggestedInput | null,
  messages: readonly Message[],
): readonly SuggestedAction[] {
  const offered = [...fieldOffers(suggested), ...agentOffers(messages)];
  const known = new Set<string>();
  return offered.filter(({ value }) => {
    const key = value.trim().toLowerCase();
    if (key === '' || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function fieldOffers(suggested: SuggestedInput | null): readonly SuggestedAction[] {
  switch (suggested?.type) {
    case 'choice':
      return suggested.choices ?? [];
    case 'confirmation':
      return [
        { title: 'Yes', value: 'yes' },
        { title: 'No', value: 'no' },
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
function agentOffers(messages: readonly Message[]): readonly SuggestedAction[] {
  const newest = messages.at(-1)?.turn;
  return messages
    .filter(({ turn, role }) => turn === newest && role === 'assistant')
    .flatMap(({ suggestedActions }) => suggestedActions ?? []);
}

export interface Control {
  readonly label: string;
  readonly action: string;
  readonly input: ComponentProps<'input'>;
  /** Returns the text to send for the control's value. */
  readonly toText: (value: string) => string;
}

/** Returns a picker for a field's value, or null if the text box works as well. */
export function controlOf({ kind, label, minimum, maximum, isWhole }: PageField): Control | null {
  switch (kind) {
    case 'date':
      return { label, action: 'Use this date', input: { type: 'date' }, toText: (value) => value };
    case 'date-time':
      return {
        label: `${label} (UTC)`,
        action: 'Use this time',
        input: { type: 'datetime-local' },
        toText: (value) => `${value.replace('T', ' ')} UTC`,
      };
    case 'number':
      return {
        label,
        action: 'Use this number',
        input: {
          type: 'number',
          step: isWhole ? 1 : 'any',
          inputMode: isWhole ? 'numeric' : 'decimal',
          min: minimum ?? undefined,
          max: maximum ?? undefined,
        },
        toText: (value) => value,
      };
    case 'phone':
      return {
        label,
        action: 'Use this number',
        // The text box keeps the keyboard with letters, for an answer in words.
        input: { type: 'tel', inputMode: 'tel', autoComplete: 'tel' },
        toText: (value) => value,
      };
    case 'yes-no':
    case 'choice':
    case 'choices':
    case 'time':
    case 'email':
    case 'web-address':
    case 'text':
    case 'long-text':
    case 'other':
      return null;
  }
}
