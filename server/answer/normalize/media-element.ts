import { image } from './card-elements.ts';
import type { JsonObject } from './json-object.ts';

export type MediaKind = 'animation' | 'audio' | 'video';

// An Adaptive Card's player wants to know what it is given; a media card doesn't say it.
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

/** `null` when there is nothing to play. An animation is a picture unless its name says that it is a film. */
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
