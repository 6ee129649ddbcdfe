import type { Json } from '../../../workflows/definition/json.ts';
import type { JsonObject } from './json-object.ts';

/** The parts of an Adaptive Card that other cards are drawn with (adaptivecards.io, schema 1.5). */

export function textBlock(text: string, look: JsonObject = {}): JsonObject {
  return { type: 'TextBlock', text, wrap: true, ...look };
}

export function image(url: string, altText: string | undefined, look: JsonObject = {}): JsonObject {
  return { type: 'Image', url, ...(altText === undefined ? {} : { altText }), ...look };
}

export function columns(...items: readonly JsonObject[]): JsonObject {
  return { type: 'ColumnSet', columns: [...items] };
}

export function column(width: 'auto' | 'stretch', items: readonly JsonObject[]): JsonObject {
  return { type: 'Column', width, items: [...items] };
}

export function facts(pairs: readonly (readonly [title: string, value: string])[]): JsonObject {
  return { type: 'FactSet', facts: pairs.map(([title, value]) => ({ title, value })) };
}

export const titleLook: JsonObject = { size: 'Medium', weight: 'Bolder' };
export const subtitleLook: JsonObject = { isSubtle: true, spacing: 'None' };

interface Parts {
  readonly body: readonly JsonObject[];
  readonly actions: readonly JsonObject[];
  readonly selectAction: Json | undefined;
}

export function adaptiveCard({ body, actions, selectAction }: Parts): JsonObject {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    body: [...body],
    ...(actions.length === 0 ? {} : { actions: [...actions] }),
    ...(selectAction === undefined ? {} : { selectAction }),
  };
}
