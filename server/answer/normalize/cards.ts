import type { Json } from '../../../workflows/definition/json.ts';
import { toBoundedJson } from '../../domain/json.ts';
import { vetCard } from '../cards/vet-card.ts';
import { readContract } from '../contract.ts';
import { limits } from '../../domain/limits.ts';
import { readCardContent } from './card-content.ts';
import type { Draft } from './draft.ts';
import { isJsonObject } from './json-object.ts';
import type { JsonObject } from './json-object.ts';
import type { Reading } from './reading.ts';

export const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

/** A card's content as plain data of ours, bounded; `null` for what is none or too much. */
export function readCard(content: unknown, reading: Reading): JsonObject | null {
  const bounded = toBoundedJson(readCardContent(content), {
    depth: limits.cardDepth,
    values: limits.cardValues,
  });
  if (!bounded.ok) {
    reading.report(`cards: one was left out: it ${bounded.issue}`);
    return null;
  }
  if (!isJsonObject(bounded.value)) {
    reading.report('cards: one that is no object was left out');
    return null;
  }
  if (JSON.stringify(bounded.value).length > limits.cardChars) {
    reading.report(`cards: one was left out: it is longer than ${limits.cardChars} characters`);
    return null;
  }
  return bounded.value;
}

/** An Adaptive Card as the workflow's rules let it be shown; none where it only carried structure. */
export function cardDrafts(card: JsonObject | null, reading: Reading): Draft[] {
  const shown = card === null ? null : withoutContract(card);
  if (shown === null) return [];
  const vetted = vetCard(shown, reading.rules);
  vetted.issues.forEach((issue) => reading.report(`cards: ${issue}`));
  if (vetted.issues.length > 0 && isBlank(vetted.card)) return [];
  return [{ kind: 'card', card: vetted.card }];
}

/** Whether nothing is left to draw of a card that lost what it may not do. */
function isBlank(card: Json): boolean {
  if (!isJsonObject(card)) return true;
  return [card['body'], card['actions']].every((part) => !Array.isArray(part) || part.length === 0);
}

/** Structure is not repeated to the person, nor is there a card to show where nothing else is in it. */
function withoutContract(card: JsonObject): JsonObject | null {
  const { data, ...shown } = card;
  if (data === undefined || readContract(data).kind !== 'contract') return card;
  return Object.hasOwn(shown, 'body') || Object.hasOwn(shown, 'actions') ? shown : null;
}
