import type { Json } from '@turnkeeper/client';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { imageHosts, pictureLabel } from '../parts/picture.tsx';
import { safeImage, safeLink } from '../parts/safe-address.ts';
import { isNode } from './card-json.ts';
import type { JsonNode } from './card-json.ts';

/** Decorative pictures are left out if the page may not load them. */
const decorations: ReadonlySet<string> = new Set(['backgroundImage', 'iconUrl', 'poster']);

/**
 * Returns the card with a link in place of each picture that the page may not load. This must happen before rendering:
 * the renderer requests a picture as soon as it creates its element.
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

/** A background is an address, or an object with one. */
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

/** An image set can hold images only, so a set with a blocked image becomes a list of images and links. */
function safeSet(set: JsonNode): JsonNode {
  const images = Array.isArray(set['images']) ? set['images'] : [];
  const nodes = images.filter(isNode).map((image): JsonNode => ({ ...image, type: 'Image' }));
  const isSafe = nodes.every(({ url }) => typeof url === 'string' && safeImage(url, imageHosts()) !== null);
  return isSafe ? withSafeParts(set) : { type: 'Container', items: nodes.map(safePicture) };
}

function linkText(alt: string, address: string): string {
  // Markdown characters in the alternative text would end the link early.
  const words = alt.replaceAll(/[\\[\]()<>`*_!]/g, ' ');
  if (!URL.canParse(address) || !/^https?:/i.test(address)) return words;
  const { href } = new URL(address);
  return `[${pictureLabel(words, href)}](<${href.replaceAll(/[<>\\]/g, encodeURIComponent)}>)`;
}

/**
 * Returns a card's Markdown text as HTML. micromark escapes HTML and drops dangerous URL schemes. Images in text are
 * disabled: a card has elements of its own for them.
 */
export function cardMarkdown(text: string): string {
  const template = document.createElement('template');
  template.innerHTML = micromark(text, {
    extensions: [gfm(), { disable: { null: ['labelStartImage'] } }],
    htmlExtensions: [gfmHtml()],
  });
  makeLinksSafe(template.content);
  return template.innerHTML;
}

/** Removes links with unsafe addresses. The others open in a new tab that has no access to this page. */
export function makeLinksSafe(within: DocumentFragment | HTMLElement): void {
  for (const anchor of within.querySelectorAll('a')) {
    const address = safeLink(anchor.getAttribute('href') ?? '');
    if (anchor.getAttribute('role') === 'button') {
      makeButton(anchor);
    } else if (address === null) {
      anchor.replaceWith(...anchor.childNodes);
    } else {
      anchor.href = address;
      anchor.target = '_blank';
      anchor.rel = 'noopener noreferrer';
    }
  }
}

/** The renderer renders an action inside a text as a link without an address. */
function makeButton(anchor: HTMLAnchorElement): void {
  anchor.removeAttribute('href');
  anchor.removeAttribute('target');
  anchor.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    anchor.click();
  });
}

/** Opens a web address that an agent gave in a new tab, which has no access to this page. Ignores other addresses. */
export function openInNewTab(address: string | undefined): void {
  if (address === undefined || !URL.canParse(address)) return;
  const { protocol, href } = new URL(address);
  if (protocol === 'https:' || protocol === 'http:') window.open(href, '_blank', 'noopener,noreferrer');
}
