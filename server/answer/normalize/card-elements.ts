import type { Json } from '../../../workflows/definition/json.ts';
import type { JsonObject } from '../../domain/json.ts';

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

interface CardParts {
  readonly body: readonly JsonObject[];
  readonly actions: readonly JsonObject[];
  readonly selectAction: Json | undefined;
}

export function adaptiveCard({ body, actions, selectAction }: CardParts): JsonObject {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    body: [...body],
    ...(actions.length === 0 ? {} : { actions: [...actions] }),
    ...(selectAction === undefined ? {} : { selectAction }),
  };
}

export type MediaKind = 'animation' | 'audio' | 'video';

// The player of an Adaptive Card needs a MIME type, and a media card has none.
const mimeTypes: ReadonlyMap<string, string> = new Map([
  ['aac', 'audio/aac'],
  ['m4a', 'audio/mp4'],
  ['mp3', 'audio/mpeg'],
  ['oga', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['m4v', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['mp4', 'video/mp4'],
  ['ogv', 'video/ogg'],
  ['webm', 'video/webm'],
]);
const usual: Readonly<Record<MediaKind, string>> = {
  animation: 'video/mp4',
  audio: 'audio/mpeg',
  video: 'video/mp4',
};

/** Returns `null` when there is nothing to play. An animation is a picture unless its name says that it is a film. */
export function mediaElement(
  kind: MediaKind,
  urls: readonly string[],
  poster: string | undefined,
): JsonObject | null {
  const [first] = urls;
  if (first === undefined) return null;
  if (kind === 'animation' && !mimeTypes.has(extensionOf(first))) return image(first, undefined);
  return {
    type: 'Media',
    sources: urls.map((url) => ({ mimeType: mimeTypes.get(extensionOf(url)) ?? usual[kind], url })),
    ...(poster === undefined ? {} : { poster }),
  };
}

function extensionOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname.slice(pathname.lastIndexOf('.') + 1).toLowerCase();
}
