import type { Json } from '../../../workflows/definition/json.ts';
import { ownProperty } from '../../domain/json.ts';

/** An object somewhere in a card. */
export type CardNode = Readonly<Record<string, Json>>;

export function isNode(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty; renderers take an empty one for none. */
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

/** What an action is called: its verb, else its id. Only `Action.Execute` has a verb. */
export function actionName(action: CardNode): string | null {
  const verb = ownProperty(action, 'type') === 'Action.Execute' ? ownText(action, 'verb') : null;
  return verb ?? ownText(action, 'id');
}
