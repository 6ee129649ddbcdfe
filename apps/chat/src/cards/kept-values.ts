import { keepText, keptText } from '../parts/tab-storage.ts';
import { isObject } from '../workflow/read-json.ts';
import type { JsonNode } from './card-json.ts';

const keyOf = (conversationId: string, cardId: string): string =>
  `turnkeeper-card:${conversationId}:${cardId}`;

/** Returns what was entered in an open card before the page was reloaded; null if nothing was. */
export function keptValues(conversationId: string, cardId: string): JsonNode | null {
  const kept = parsed(keptText(keyOf(conversationId, cardId)));
  if (!isObject(kept)) return null;
  const entered = Object.entries(kept).flatMap(([id, value]) =>
    typeof value === 'string' && value !== '' ? [[id, value] as const] : [],
  );
  return entered.length === 0 ? null : Object.fromEntries(entered);
}

/** Keeps the values of an open card; null when it was sent. */
export function keepValues(conversationId: string, cardId: string, values: JsonNode | null): void {
  keepText(keyOf(conversationId, cardId), values === null ? '' : JSON.stringify(values));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
