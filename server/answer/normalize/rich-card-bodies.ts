import { column, columns, facts, image, subtitleLook, textBlock, titleLook } from './card-elements.ts';
import type { JsonObject } from './json-object.ts';
import { mediaElement } from './media-element.ts';
import type { MediaKind } from './media-element.ts';
import { readFacts, readItems, readLinks } from './rich-content.ts';
import type { ReceiptItem, RichContent } from './rich-content.ts';
import type { Reading } from './reading.ts';

/** Draws a card's content with the elements of an Adaptive Card. */
export type DrawBody = (content: RichContent, reading: Reading) => JsonObject[];

/** A hero card: its images above its words. Sign-in cards are the same with less in them. */
export function heroBody(content: RichContent, reading: Reading): JsonObject[] {
  const images = readLinks(content.images, reading).map(({ url, alt }) =>
    image(url, alt, { size: 'Stretch' }),
  );
  return [...images, ...words(content)];
}

/** A thumbnail card: its first image beside its words. */
export function thumbnailBody(content: RichContent, reading: Reading): JsonObject[] {
  const [first] = readLinks(content.images.slice(0, 1), reading);
  if (first === undefined) return words(content);
  const picture = image(first.url, first.alt, { size: 'Medium' });
  return [columns(column('stretch', words(content)), column('auto', [picture]))];
}

export function mediaBody(kind: MediaKind): DrawBody {
  return (content, reading) => {
    const [poster] = readLinks([content.image], reading);
    const sources = readLinks(content.media, reading).map(({ url }) => url);
    const shown = mediaElement(kind, sources, poster?.url);
    if (shown !== null) return [shown, ...words(content)];
    return [...(poster === undefined ? [] : [image(poster.url, poster.alt)]), ...words(content)];
  };
}

export function receiptBody(content: RichContent, reading: Reading): JsonObject[] {
  const factPairs = readFacts(content.facts);
  const { tax, vat, total } = content;
  const sums: [string, string][] = [];
  if (tax !== undefined) sums.push(['Tax', tax]);
  if (vat !== undefined) sums.push(['VAT', vat]);
  if (total !== undefined) sums.push(['Total', total]);
  return [
    ...words(content),
    ...(factPairs.length === 0 ? [] : [facts(factPairs)]),
    ...readItems(content.items).map((item) => receiptLine(item, reading)),
    ...(sums.length === 0 ? [] : [facts(sums)]),
  ];
}

function receiptLine(item: ReceiptItem, reading: Reading): JsonObject {
  const [picture] = readLinks([item.image], reading);
  const price = [item.quantity === undefined ? '' : `${item.quantity} ×`, item.price ?? ''].filter(
    (part) => part !== '',
  );
  return columns(
    ...(picture === undefined ? [] : [column('auto', [image(picture.url, picture.alt, { size: 'Small' })])]),
    column('stretch', words(item)),
    ...(price.length === 0 ? [] : [column('auto', [textBlock(price.join(' '))])]),
  );
}

function words({ title, subtitle, text }: Pick<RichContent, 'title' | 'subtitle' | 'text'>): JsonObject[] {
  return [
    ...(title === undefined ? [] : [textBlock(title, titleLook)]),
    ...(subtitle === undefined ? [] : [textBlock(subtitle, subtitleLook)]),
    ...(text === undefined ? [] : [textBlock(text)]),
  ];
}
