import type { Json } from '../../../workflows/definition/json.ts';
import { ownProperty } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';

/** An object somewhere in a card. */
export type CardNode = Readonly<Record<string, Json>>;

/** Returns a card's content as JSON: some services send it as text. */
export function readCardContent(content: unknown): unknown {
  if (typeof content !== 'string' || content.length > limits.cardChars) return content;
  if (!content.trimStart().startsWith('{')) return content;
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}

/** Returns a text that is not empty: renderers take an empty one for none. */
export function ownText(node: CardNode, key: string): string | null {
  const value = ownProperty(node, key);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function ownNumber(node: CardNode, key: string): number | null {
  const value = ownProperty(node, key);
  return typeof value === 'number' ? value : null;
}

/** Renderers take the word for the value. */
export function ownFlag(node: CardNode, key: string): boolean {
  const value = ownProperty(node, key);
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/** Returns an action's name: its verb, else its id. Only `Action.Execute` has a verb. */
export function actionName(action: CardNode): string | null {
  const verb = ownProperty(action, 'type') === 'Action.Execute' ? ownText(action, 'verb') : null;
  return verb ?? ownText(action, 'id');
}
