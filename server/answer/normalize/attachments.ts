import type { Message } from '../../../contract/message.ts';
import { z } from 'zod';
import type { Json } from '../../../workflows/definition/json.ts';
import { cutTo, isJsonObject, toBoundedJson } from '../../domain/json.ts';
import type { JsonObject } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { isWebAddress } from '../../domain/web-address.ts';
import { readContract } from '../structure/agent-contract.ts';
import { readCardContent } from '../cards/card-node.ts';
import { vetCard } from '../cards/vet-card.ts';
import { withSuggestions } from './buttons.ts';
import type { MessageDraft, NormalizeContext, MessagePart } from './normalize-context.ts';
import { convertRichCard, isRichCard } from './rich-cards.ts';
import { textDraft } from '../text-drafts.ts';

const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

const attachmentSchema = z.looseObject({
  contentType: z.string().min(1).max(limits.contentTypeChars),
  contentUrl: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  content: z.unknown().optional(),
});

/** Returns what a client shows for an attachment: a card, a text, or a file by its address. */
export function attachmentPart(candidate: unknown, context: NormalizeContext): MessagePart {
  const parsed = attachmentSchema.safeParse(candidate);
  if (!parsed.success) return saying(notUnderstood(context));
  const { contentUrl, name, content } = parsed.data;
  const contentType = mediaType(parsed.data.contentType);
  if (isRichCard(contentType)) return richCardPart(contentType, readCard(content, context), context);
  if (contentType === adaptiveCardType) return saying(cardDrafts(readCard(content, context), context));
  if (contentUrl !== undefined) return saying(linkDrafts({ contentType, url: contentUrl, name }, context));
  if (typeof content === 'string' && contentType === 'text/markdown') {
    return saying(textDraft(content, 'markdown', context.report));
  }
  if (typeof content === 'string' && contentType === 'text/plain') {
    return saying(textDraft(content, 'plain', context.report));
  }
  return saying(notUnderstood(context));
}

/** Leaves out parameters such as a charset. */
function mediaType(contentType: string): string {
  const [type = ''] = contentType.split(';', 1);
  return type.trim().toLowerCase();
}

function saying(drafts: readonly MessageDraft[]): MessagePart {
  return { drafts, suggestions: [] };
}

/** Puts a card's suggestions on the card; where nothing of it is left to draw, on the message before. */
function richCardPart(
  contentType: string,
  content: JsonObject | null,
  context: NormalizeContext,
): MessagePart {
  if (content === null) return saying([]);
  const { card, suggestions } = convertRichCard(contentType, content, context);
  const [draft] = cardDrafts(card, context);
  if (draft === undefined) return { drafts: [], suggestions };
  return saying([withSuggestions(draft, suggestions, context)]);
}

interface LinkedFile {
  readonly contentType: string;
  readonly url: string;
  readonly name: string | undefined;
}

function linkDrafts({ contentType, url, name }: LinkedFile, context: NormalizeContext): MessageDraft[] {
  if (url.length > limits.attachmentUrlChars || !isWebAddress(url)) {
    context.report('attachments: one whose address is no web address was left out');
    return [];
  }
  const named = name === undefined ? {} : { name: cutTo(name, limits.attachmentNameChars) };
  const attachment: Message['attachment'] = { contentType, url, ...named };
  return [{ kind: 'attachment', attachment }];
}

function notUnderstood(context: NormalizeContext): MessageDraft[] {
  context.report('attachments: one that is not understood was left out');
  return [];
}

/** Copies a card's content into plain data, bounded; returns `null` for content that is no card, or too large. */
function readCard(content: unknown, context: NormalizeContext): JsonObject | null {
  const bounded = toBoundedJson(readCardContent(content), {
    depth: limits.cardDepth,
    values: limits.cardValues,
  });
  if (!bounded.ok) {
    context.report(`cards: one was left out: it ${bounded.issue}`);
    return null;
  }
  if (!isJsonObject(bounded.value)) {
    context.report('cards: one that is no object was left out');
    return null;
  }
  if (JSON.stringify(bounded.value).length > limits.cardChars) {
    context.report(`cards: one was left out: it is longer than ${limits.cardChars} characters`);
    return null;
  }
  return bounded.value;
}

/** Returns an Adaptive Card as the workflow's rules let it be shown; nothing where it only carried structure. */
export function cardDrafts(card: JsonObject | null, context: NormalizeContext): MessageDraft[] {
  const shown = card === null ? null : withoutContract(card);
  if (shown === null) return [];
  const vetted = vetCard(shown, context.rules);
  vetted.issues.forEach((issue) => context.report(`cards: ${issue}`));
  if (vetted.issues.length > 0 && isBlankCard(vetted.card)) return [];
  return [{ kind: 'card', card: vetted.card }];
}

/** Returns whether nothing is left to draw of a card from which something was removed. */
function isBlankCard(card: Json): boolean {
  if (!isJsonObject(card)) return true;
  return [card['body'], card['actions']].every((part) => !Array.isArray(part) || part.length === 0);
}

/** Structure is not repeated to the person, nor is there a card to show where nothing else is in it. */
function withoutContract(card: JsonObject): JsonObject | null {
  const { data, ...shown } = card;
  if (data === undefined || readContract(data).kind !== 'contract') return card;
  return Object.hasOwn(shown, 'body') || Object.hasOwn(shown, 'actions') ? shown : null;
}
