import type { ConversationView } from '@turnkeeper/client/react';
import { isObject, numberAt, textAt } from '../workflow/json-schema.ts';

/** Words that were sent, and are not known to be stored. */
export interface SentWords {
  readonly turnId: string;
  readonly text: string;
  /** How many turns were stored when they were sent. */
  readonly after: number;
}

/** What became of words that the page, before it was loaded again, had sent: `unknown` until it can be told. */
type Fate = 'unknown' | 'running' | 'stored' | 'lost';

export function fateOf(
  { turnId, text, after }: SentWords,
  {
    messages,
    live,
    connection,
    status,
  }: Pick<ConversationView, 'messages' | 'live' | 'connection' | 'status'>,
): Fate {
  const isStored = messages.some(
    ({ delivery, role, turn, text: said }) =>
      delivery === 'stored' && role === 'user' && turn > after && said === text.trim(),
  );
  if (isStored) return 'stored';
  if (live?.turnId === turnId) return 'running';
  // Whether their turn still runs, the watch tells; one that is yet to be opened is not watched.
  return connection === 'connecting' && status !== 'unopened' ? 'unknown' : 'lost';
}

/** What is in the box with those words, before what has been written since. */
export function withWords(draft: string, words: string): string {
  if (draft === '') return words;
  return hasWords(draft, words) ? draft : `${words}\n${draft}`;
}

export function withoutWords(draft: string, words: string): string {
  return hasWords(draft, words) ? draft.slice(words.length + 1) : draft;
}

export function hasWords(draft: string, words: string): boolean {
  return draft === words || draft.startsWith(`${words}\n`);
}

export function parseSentWords(kept: string): SentWords | null {
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
