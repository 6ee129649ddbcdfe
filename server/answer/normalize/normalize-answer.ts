import type { Message } from '../../../contract/message.ts';
import type { CardRules } from '../../domain/card-rules.ts';
import { limits } from '../../domain/limits.ts';
import type { ReadAnswer, SaidActivity } from '../read-answer.ts';
import { attachmentPart, cardDrafts } from './attachments.ts';
import { cardActionsOf, readSuggestedActions, withSuggestions } from './buttons.ts';
import { adaptiveCard } from './card-elements.ts';
import { NormalizeContext } from './normalize-context.ts';
import type { MessageDraft, MessagePart } from './normalize-context.ts';
import { textDraft, textDrafts } from '../text-drafts.ts';

interface NormalizeOptions {
  readonly turn: number;
  /** The agent's question from its structure: said when the answer has no text of its own. */
  readonly prompt: string | null;
  /** The workflow's rules for cards. */
  readonly cards: CardRules;
}

export interface NormalizedAnswer {
  readonly messages: Message[];
  /** Everything that was left out, cut or not understood, each once and in fixed words. */
  readonly issues: string[];
}

/**
 * Turns a read answer into messages, in order, with ids that depend on the turn and the position alone. Structure is
 * not repeated as text. Parts that are too long are cut, parts that are not understood are left out, and both are
 * reported. Never throws; bounded in time and size by `limits`.
 */
export function normalizeAnswer(
  { said }: Pick<ReadAnswer, 'said'>,
  { turn, prompt, cards }: NormalizeOptions,
): NormalizedAnswer {
  const context = new NormalizeContext(cards);
  const parts = firstParts(said, context);
  const saysSomething = parts.some((part) => part.drafts.some(({ kind }) => kind === 'text'));
  const drafts: MessageDraft[] = saysSomething ? [] : textDraft(prompt ?? '', 'markdown', context.report);
  for (const part of parts) {
    drafts.push(...part.drafts);
    // Suggestions belong to what was said last: their own activity may hold nothing but structure.
    const last = part.suggestions.length > 0 ? drafts.pop() : undefined;
    if (last !== undefined) drafts.push(withSuggestions(last, part.suggestions, context));
    else if (part.suggestions.length > 0)
      context.report('suggestedActions: nothing was said that they could stand on');
  }
  const messages = boundDrafts(drafts, context).map((draft, index) => asMessage(draft, turn, index + 1));
  return { messages, issues: context.issues };
}

/** Returns the parts of an answer until they hold one message more than is shown; the rest is not read. */
function firstParts(said: readonly SaidActivity[], context: NormalizeContext): MessagePart[] {
  const parts: MessagePart[] = [];
  let count = 0;
  let chars = 0;
  let readChars = 0;
  for (const activity of said) {
    if (count > limits.messagesPerTurn || chars > limits.messagesChars) break;
    readChars += Math.min(activity.text?.length ?? 0, limits.readCharsOfText);
    if (readChars > limits.readTextChars + limits.readCharsOfText) {
      context.report('text: there was more than is read');
      break;
    }
    const part = activityPart(activity, context);
    parts.push(part);
    count += part.drafts.length;
    for (const { text = '' } of part.drafts) chars += text.length;
  }
  return parts;
}

/** Reads one activity: its text, then its attachments in their order, then where its suggestions lead. */
function activityPart(activity: SaidActivity, context: NormalizeContext): MessagePart {
  switch (activity.type) {
    case 'message':
      return messagePart(activity, context);
    case 'endOfConversation':
      return { drafts: textDrafts(activity, context.report), suggestions: [] };
    case 'event':
      // An event is for programs: it may carry structure, and says nothing to the person.
      return { drafts: [], suggestions: [] };
  }
}

function messagePart(activity: SaidActivity, context: NormalizeContext): MessagePart {
  const drafts: MessageDraft[] = [...textDrafts(activity, context.report)];
  const suggestions = [];
  for (const attachment of context.attachments(activity.attachments ?? [])) {
    // One message more than is shown proves that there were more.
    if (drafts.length > limits.messagesPerTurn) break;
    const part = attachmentPart(attachment, context);
    drafts.push(...part.drafts);
    suggestions.push(...part.suggestions);
  }
  const suggested = readSuggestedActions(activity, context);
  const actions = suggested.links.flatMap(cardActionsOf);
  if (actions.length > 0) {
    drafts.push(...cardDrafts(adaptiveCard({ body: [], actions, selectAction: undefined }), context));
  }
  return { drafts, suggestions: [...suggestions, ...suggested.suggestions] };
}

/** Returns as many messages as a turn may have, with as much in them. */
function boundDrafts(drafts: readonly MessageDraft[], context: NormalizeContext): MessageDraft[] {
  const kept: MessageDraft[] = [];
  let chars = 0;
  for (const draft of drafts) {
    if (kept.length === limits.messagesPerTurn) {
      context.report(`messages: only the first ${limits.messagesPerTurn} were taken`);
      break;
    }
    chars += JSON.stringify(draft).length;
    if (chars > limits.messagesChars) {
      context.report(`messages: what goes beyond ${limits.messagesChars} characters was left out`);
      break;
    }
    kept.push(draft);
  }
  return kept;
}

function asMessage(draft: MessageDraft, turn: number, position: number): Message {
  const id = `${turn}.${position}`;
  const cardId = draft.kind === 'card' ? { cardId: `card-${id}` } : {};
  return { id, role: 'assistant', turn, ...draft, ...cardId };
}
