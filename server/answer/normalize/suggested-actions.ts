import { z } from 'zod';
import type { SuggestedAction } from '../../../contract/message.ts';
import type { Activity } from '../activity.ts';
import { limits } from '../../domain/limits.ts';
import { readButton } from './buttons.ts';
import type { Button } from './buttons.ts';
import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';

const suggestedActionsSchema = z.looseObject({ actions: z.array(z.unknown()) });

export interface Suggestions {
  readonly suggestions: readonly SuggestedAction[];
  /** Those that lead somewhere instead of saying something. */
  readonly links: readonly Extract<Button, { readonly kind: 'open' }>[];
}

/** What an activity suggests to answer. */
export function readSuggestedActions({ type, suggestedActions }: Activity, reading: Reading): Suggestions {
  const parsed = suggestedActionsSchema.safeParse(suggestedActions);
  if (type !== 'message' || !parsed.success) return { suggestions: [], links: [] };
  const { actions } = parsed.data;
  const buttons = reading.buttons(actions).flatMap((action) => readButton(action, reading) ?? []);
  return {
    suggestions: buttons.flatMap(suggestionOf),
    links: buttons.filter((button) => button.kind === 'open'),
  };
}

/** The message with further suggestions on it. */
export function withSuggestions(
  draft: Draft,
  suggestions: readonly SuggestedAction[],
  reading: Reading,
): Draft {
  if (suggestions.length === 0) return draft;
  const all = [...(draft.suggestedActions ?? []), ...suggestions];
  if (all.length > limits.suggestedActions) {
    reading.report(`suggestedActions: only the first ${limits.suggestedActions} of a message were taken`);
  }
  return { ...draft, suggestedActions: all.slice(0, limits.suggestedActions) };
}

function suggestionOf(button: Button): SuggestedAction[] {
  switch (button.kind) {
    case 'say':
      return [{ title: button.title, value: button.value }];
    case 'submit':
      // A suggestion can only be said.
      return [{ title: button.title, value: button.said }];
    case 'open':
    case 'words':
      return [];
  }
}
