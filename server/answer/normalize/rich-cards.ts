import type { SuggestedAction } from '../../../contract/message.ts';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import { cardActionsOf, readButton } from './buttons.ts';
import {
  adaptiveCard,
  column,
  columns,
  facts,
  image,
  mediaElement,
  subtitleLook,
  textBlock,
  titleLook,
} from './card-elements.ts';
import type { MediaKind } from './card-elements.ts';
import type { NormalizeContext } from './normalize-context.ts';

const prefix = 'application/vnd.microsoft.card.';

const bodies: ReadonlyMap<string, DrawBody> = new Map([
  [`${prefix}hero`, heroBody],
  [`${prefix}thumbnail`, thumbnailBody],
  [`${prefix}receipt`, receiptBody],
  [`${prefix}signin`, heroBody],
  [`${prefix}oauth`, heroBody],
  [`${prefix}animation`, mediaBody('animation')],
  [`${prefix}audio`, mediaBody('audio')],
  [`${prefix}video`, mediaBody('video')],
]);

export function isRichCard(contentType: string): boolean {
  return bodies.has(contentType);
}

/** A rich card of the Bot Framework as an Adaptive Card, which every client can draw. */
interface ConvertedCard {
  /** `null` when nothing is left to draw. */
  readonly card: JsonObject | null;
  /** The buttons that say something for the person. */
  readonly suggestions: readonly SuggestedAction[];
}

export function convertRichCard(
  contentType: string,
  content: JsonObject,
  context: NormalizeContext,
): ConvertedCard {
  const drawBody = bodies.get(contentType);
  const parsed = richContentSchema.safeParse(content);
  if (drawBody === undefined || !parsed.success) return { card: null, suggestions: [] };
  const buttons = context.buttons(parsed.data.buttons).flatMap((button) => readButton(button, context) ?? []);
  const tap = parsed.data.tap == null ? null : readButton(parsed.data.tap, context);
  const tapped = tap === null ? undefined : cardActionsOf(tap)[0];
  const all = tap === null || tapped !== undefined ? buttons : [...buttons, tap];
  const called = all.flatMap((button) => (button.kind === 'words' ? [textBlock(button.words)] : []));
  const body = [...drawBody(parsed.data, context), ...called];
  const actions = buttons.flatMap(cardActionsOf);
  return {
    card: body.length + actions.length === 0 ? null : adaptiveCard({ body, actions, selectAction: tapped }),
    suggestions: all.flatMap((button) =>
      button.kind === 'say' ? [{ title: button.title, value: button.value }] : [],
    ),
  };
}

/** Draws a card's content with the elements of an Adaptive Card. */
type DrawBody = (content: RichContent, context: NormalizeContext) => JsonObject[];

/** Draws a hero card: its images above its words. Sign-in cards are the same with less in them. */
function heroBody(content: RichContent, context: NormalizeContext): JsonObject[] {
  const images = readLinks(content.images, context).map(({ url, alt }) =>
    image(url, alt, { size: 'Stretch' }),
  );
  return [...images, ...words(content)];
}

/** Draws a thumbnail card: its first image beside its words. */
function thumbnailBody(content: RichContent, context: NormalizeContext): JsonObject[] {
  const [first] = readLinks(content.images.slice(0, 1), context);
  if (first === undefined) return words(content);
  const picture = image(first.url, first.alt, { size: 'Medium' });
  return [columns(column('stretch', words(content)), column('auto', [picture]))];
}

function mediaBody(kind: MediaKind): DrawBody {
  return (content, context) => {
    const [poster] = readLinks([content.image], context);
    const sources = readLinks(content.media, context).map(({ url }) => url);
    const shown = mediaElement(kind, sources, poster?.url);
    if (shown !== null) return [shown, ...words(content)];
    return [...(poster === undefined ? [] : [image(poster.url, poster.alt)]), ...words(content)];
  };
}

function receiptBody(content: RichContent, context: NormalizeContext): JsonObject[] {
  const factPairs = readFacts(content.facts);
  const { tax, vat, total } = content;
  const sums: [string, string][] = [];
  if (tax !== undefined) sums.push(['Tax', tax]);
  if (vat !== undefined) sums.push(['VAT', vat]);
  if (total !== undefined) sums.push(['Total', total]);
  return [
    ...words(content),
    ...(factPairs.length === 0 ? [] : [facts(factPairs)]),
    ...readItems(content.items).map((item) => receiptLine(item, context)),
    ...(sums.length === 0 ? [] : [facts(sums)]),
  ];
}

function receiptLine(item: ReceiptItem, context: NormalizeContext): JsonObject {
  const [picture] = readLinks([item.image], context);
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

const word = z.string().trim().min(1).optional().catch(undefined);
const amount = z
  .union([z.string().trim().min(1), z.number().transform(String)])
  .optional()
  .catch(undefined);
const list = z.array(z.unknown()).catch([]);

/** The content of rich cards (Bot Framework schema 3.1); each kind of card has a part of it. */
const richContentSchema = z.looseObject({
  title: word,
  subtitle: word,
  text: word,
  image: z.unknown().optional(),
  images: list,
  media: list,
  buttons: list,
  tap: z.unknown().optional(),
  facts: list,
  items: list,
  tax: amount,
  vat: amount,
  total: amount,
});

type RichContent = z.infer<typeof richContentSchema>;

const factSchema = z.looseObject({ key: word, value: amount });

function readFacts(candidates: readonly unknown[]): [title: string, value: string][] {
  return candidates.flatMap((candidate) => {
    const parsed = factSchema.safeParse(candidate);
    if (!parsed.success) return [];
    const { key = '', value = '' } = parsed.data;
    return key === '' && value === '' ? [] : [[key, value] as [string, string]];
  });
}

const itemSchema = z.looseObject({
  title: word,
  subtitle: word,
  text: word,
  image: z.unknown().optional(),
  price: amount,
  quantity: amount,
});

type ReceiptItem = z.infer<typeof itemSchema>;

function readItems(candidates: readonly unknown[]): ReceiptItem[] {
  return candidates.flatMap((candidate) => {
    const parsed = itemSchema.safeParse(candidate);
    return parsed.success ? [parsed.data] : [];
  });
}

const linkSchema = z.union([
  z.string().transform((url) => ({ url, alt: undefined })),
  z.looseObject({ url: z.string(), alt: word }),
]);

interface Link {
  readonly url: string;
  readonly alt: string | undefined;
}

/** Returns images and media, as far as they are web addresses. */
function readLinks(candidates: readonly unknown[], context: NormalizeContext): Link[] {
  return candidates.flatMap((candidate) => {
    if (candidate === undefined || candidate === null) return [];
    const parsed = linkSchema.safeParse(candidate);
    if (parsed.success && isAllowed(parsed.data.url)) return [{ url: parsed.data.url, alt: parsed.data.alt }];
    context.report('cards: an image or medium without a web address was left out');
    return [];
  });
}

function isAllowed(url: string): boolean {
  return url.length <= limits.attachmentUrlChars && isWebAddress(url);
}
