import type { Json } from '@turnkeeper/client';
import { imageHosts } from '../transcript/image-hosts.ts';
import { pictureLabel } from '../transcript/picture.tsx';
import { safeImage } from '../transcript/safe-address.ts';
import { isNode } from './card-json.ts';
import type { JsonNode } from './card-json.ts';

/** Keys whose picture only decorates: where it may not be loaded, it is left out. */
const decorations: ReadonlySet<string> = new Set(['backgroundImage', 'iconUrl', 'poster']);

/**
 * The card with a link in place of each picture that may not be loaded. Done before it is drawn: the renderer asks for a
 * picture as soon as it has made an element for it.
 */
export function withSafePictures(card: Json): Json {
  if (Array.isArray(card)) return card.map(withSafePictures);
  if (!isNode(card)) return card;
  if (isType(card, 'Image')) return safePicture(card);
  if (isType(card, 'ImageSet')) return safeSet(card);
  return withSafeParts(card);
}

function isType(node: JsonNode, type: string): boolean {
  return typeof node['type'] === 'string' && node['type'].toLowerCase() === type.toLowerCase();
}

function withSafeParts(node: JsonNode): JsonNode {
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (decorations.has(key) && !isLoadable(value)) return [];
      return [[key, key === 'data' ? value : withSafePictures(value)] as const];
    }),
  );
}

/** A background may be an object with an address. */
function isLoadable(value: Json): boolean {
  const address = isNode(value) ? value['url'] : value;
  return typeof address === 'string' && safeImage(address, imageHosts()) !== null;
}

function safePicture(image: JsonNode): JsonNode {
  const { url, altText, selectAction, id } = image;
  const address = typeof url === 'string' ? url : '';
  if (safeImage(address, imageHosts()) !== null) return withSafeParts(image);
  const alt = typeof altText === 'string' ? altText : '';
  const text = linkText(alt, address);
  const named = typeof id === 'string' ? { id } : {};
  if (selectAction === undefined) return { type: 'TextBlock', text, wrap: true, ...named };
  return { type: 'Container', items: [{ type: 'TextBlock', text, wrap: true }], selectAction, ...named };
}

/** A set holds nothing but pictures, so that one with a link in it becomes a list of both. */
function safeSet(set: JsonNode): JsonNode {
  const images = Array.isArray(set['images']) ? set['images'] : [];
  const nodes = images.filter(isNode).map((image): JsonNode => ({ ...image, type: 'Image' }));
  const isSafe = nodes.every(({ url }) => typeof url === 'string' && safeImage(url, imageHosts()) !== null);
  return isSafe ? withSafeParts(set) : { type: 'Container', items: nodes.map(safePicture) };
}

function linkText(alt: string, address: string): string {
  // Marks of Markdown in the words would end the link.
  const words = alt.replaceAll(/[\\[\]()<>`*_!]/g, ' ');
  if (!URL.canParse(address) || !/^https?:/i.test(address)) return words;
  const { href } = new URL(address);
  return `[${pictureLabel(words, href)}](<${href.replaceAll(/[<>\\]/g, encodeURIComponent)}>)`;
}
