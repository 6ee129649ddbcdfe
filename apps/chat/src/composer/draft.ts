import type { ConversationView } from '@turnkeeper/client/react';
import { isObject, numberAt, textAt } from '../workflow/read-json.ts';

/** The server's limit for a text, in characters, without the space around it. */
export const maxTextLength = 8_000;

/** Returns whether a text can be sent: it is not blank, and not too long. */
export function canSend(text: string): boolean {
  return text.trim() !== '' && excessOf(text) === null;
}

/** Returns the length of a text in words if it is too long, otherwise null. */
export function excessOf(text: string): string | null {
  const { length } = text.trim();
  if (length <= maxTextLength) return null;
  return `${counted.format(length)} of ${counted.format(maxTextLength)} characters`;
}

/**
 * Returns how much of a field's limit a text takes; null for a field without one, and while nothing is written. A text
 * beyond the limit can be sent all the same: it may hold more than the value.
 */
export function countOf(
  text: string,
  maxLength: number | null,
): { readonly words: string; readonly isOver: boolean } | null {
  const { length } = text.trim();
  if (maxLength === null || length === 0) return null;
  return {
    words: `${counted.format(length)} of ${counted.format(maxLength)} characters`,
    isOver: length > maxLength,
  };
}

const counted = new Intl.NumberFormat('en');

/** A text that was sent, but may not be stored. */
export interface SentText {
  readonly turnId: string;
  readonly text: string;
  /** The number of turns that were stored when the text was sent. */
  readonly after: number;
}

/** The outcome of a text that was sent before the page was reloaded; `unknown` until the watch has connected. */
type SentOutcome = 'unknown' | 'running' | 'stored' | 'lost';

export function sentOutcomeOf(
  { turnId, text, after }: SentText,
  {
    messages,
    live,
    connection,
    status,
  }: Pick<ConversationView, 'messages' | 'live' | 'connection' | 'status'>,
): SentOutcome {
  const isStored = messages.some(
    ({ delivery, role, turn, text: said }) =>
      delivery === 'stored' && role === 'user' && turn > after && said === text.trim(),
  );
  if (isStored) return 'stored';
  if (live?.turnId === turnId) return 'running';
  // Only the watch shows whether the turn still runs. A conversation that is not opened yet has no watch.
  return connection === 'connecting' && status !== 'unopened' ? 'unknown' : 'lost';
}

/** Puts a text in front of the draft, unless it is there already. */
export function withText(draft: string, text: string): string {
  if (draft === '') return text;
  return startsWithText(draft, text) ? draft : `${text}\n${draft}`;
}

export function withoutText(draft: string, text: string): string {
  return startsWithText(draft, text) ? draft.slice(text.length + 1) : draft;
}

export function startsWithText(draft: string, text: string): boolean {
  return draft === text || draft.startsWith(`${text}\n`);
}

export function parseSentText(kept: string): SentText | null {
  const value = parsed(kept);
  if (!isObject(value)) return null;
  const [turnId, text, after] = [textAt(value, 'turnId'), textAt(value, 'text'), numberAt(value, 'after')];
  return turnId === null || text === null || after === null ? null : { turnId, text, after };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
