import { z } from 'zod';
import type { Message } from '../../../contract/message.ts';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import { adaptiveCardType, cardDrafts, readCard } from './cards.ts';
import type { Draft, Part } from './draft.ts';
import type { JsonObject } from './json-object.ts';
import { convertRichCard, isRichCard } from './rich-card.ts';
import { withSuggestions } from './suggested-actions.ts';
import { textDraft } from './text-drafts.ts';
import { cut } from '../text/visible-text.ts';
import type { Reading } from './reading.ts';

const attachmentSchema = z.looseObject({
  contentType: z.string().min(1).max(limits.contentTypeChars),
  contentUrl: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  content: z.unknown().optional(),
});

/** What a client shows for an attachment: a card, a text, or a file by its address. */
export function attachmentPart(candidate: unknown, reading: Reading): Part {
  const parsed = attachmentSchema.safeParse(candidate);
  if (!parsed.success) return saying(notUnderstood(reading));
  const { contentUrl, name, content } = parsed.data;
  const contentType = mediaType(parsed.data.contentType);
  if (isRichCard(contentType)) return richCardPart(contentType, readCard(content, reading), reading);
  if (contentType === adaptiveCardType) return saying(cardDrafts(readCard(content, reading), reading));
  if (contentUrl !== undefined) return saying(linkDrafts({ contentType, url: contentUrl, name }, reading));
  if (typeof content === 'string' && contentType === 'text/markdown') {
    return saying(textDraft(content, 'markdown', reading.report));
  }
  if (typeof content === 'string' && contentType === 'text/plain') {
    return saying(textDraft(content, 'plain', reading.report));
  }
  return saying(notUnderstood(reading));
}

/** Without parameters such as a charset: they say nothing that is needed here. */
function mediaType(contentType: string): string {
  const [type = ''] = contentType.split(';', 1);
  return type.trim().toLowerCase();
}

function saying(drafts: readonly Draft[]): Part {
  return { drafts, suggestions: [] };
}

/** Its suggestions stand on its card; where nothing of it is left to draw, on what was said before. */
function richCardPart(contentType: string, content: JsonObject | null, reading: Reading): Part {
  if (content === null) return saying([]);
  const { card, suggestions } = convertRichCard(contentType, content, reading);
  const [draft] = cardDrafts(card, reading);
  if (draft === undefined) return { drafts: [], suggestions };
  return saying([withSuggestions(draft, suggestions, reading)]);
}

interface LinkedFile {
  readonly contentType: string;
  readonly url: string;
  readonly name: string | undefined;
}

function linkDrafts({ contentType, url, name }: LinkedFile, reading: Reading): Draft[] {
  if (url.length > limits.attachmentUrlChars || !isWebAddress(url)) {
    reading.report('attachments: one whose address is no web address was left out');
    return [];
  }
  const named = name === undefined ? {} : { name: cut(name, limits.attachmentNameChars) };
  const attachment: Message['attachment'] = { contentType, url, ...named };
  return [{ kind: 'attachment', attachment }];
}

function notUnderstood(reading: Reading): Draft[] {
  reading.report('attachments: one that is not understood was left out');
  return [];
}
