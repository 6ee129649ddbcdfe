import { z } from 'zod';
import type { Activity } from './activity.ts';
import { toBoundedJson } from './bounded-json.ts';
import { readContractText } from './contract.ts';
import { findJsonBlocks, withoutBlocks } from './fenced-blocks.ts';
import { firstChars } from './first-chars.ts';
import { limits } from './limits.ts';
import type { Message, SuggestedAction } from './message.ts';
import { isWholeObject } from './parse-turn.ts';
import { isWebAddress } from './web-address.ts';

const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

type Draft = Omit<Message, 'id' | 'role' | 'turn' | 'cardId'>;

const attachmentSchema = z.looseObject({
  contentType: z.string().max(200),
  contentUrl: z.string().max(4_096).optional(),
  name: z.string().max(500).optional(),
  content: z.unknown().optional(),
});

const suggestedActionsSchema = z.looseObject({
  actions: z.array(
    z.looseObject({ title: z.string().optional().catch(undefined), value: z.unknown().optional() }).catch({}),
  ),
});

interface NormalizeOptions {
  readonly turn: number;
  /** What the agent asks, from its structure: said when the answer has no text of its own. */
  readonly prompt: string | null;
}

/**
 * Turns an agent's activities into messages, in order, with ids that depend on the turn and the position alone.
 * Structure is not repeated as text; what is too long is cut, what is not understood is left out.
 */
export function normalizeActivities(activities: readonly Activity[], options: NormalizeOptions): Message[] {
  const parts = activities.map((activity) => ({
    drafts: draftsOf(activity),
    suggestedActions: readSuggestedActions(activity),
  }));
  const prompt = options.prompt?.trim() ?? '';
  const saysSomething = parts.some((part) => part.drafts.some(({ kind }) => kind === 'text'));
  const drafts: Draft[] = saysSomething || prompt === '' ? [] : [textDraft(prompt, undefined)];
  for (const part of parts) {
    drafts.push(...part.drafts);
    // Suggestions belong to what was said last: their own activity may hold nothing but structure.
    const last = part.suggestedActions.length > 0 ? drafts.pop() : undefined;
    if (last !== undefined) drafts.push({ ...last, suggestedActions: part.suggestedActions });
  }
  return drafts.slice(0, limits.messagesPerTurn).map((draft, index) => {
    const id = `${options.turn}.${index + 1}`;
    return {
      id,
      role: 'assistant',
      turn: options.turn,
      ...draft,
      ...(draft.kind === 'card' ? { cardId: `card-${id}` } : {}),
    };
  });
}

function draftsOf(activity: Activity): Draft[] {
  if (activity.type === 'event') {
    return activity.name === undefined ? [] : [{ kind: 'event', text: cut(activity.name) }];
  }
  if (activity.type !== 'message') return [];
  const text = withoutStructure(activity.text ?? '');
  const drafts: Draft[] = text === '' ? [] : [textDraft(text, activity.textFormat)];
  return [...drafts, ...(activity.attachments ?? []).flatMap(attachmentDraft)];
}

function textDraft(text: string, format: string | undefined): Draft {
  return { kind: 'text', text: cut(text), format: format === 'plain' ? 'plain' : 'markdown' };
}

function cut(text: string): string {
  return text.length <= limits.messageChars ? text : `${firstChars(text, limits.messageChars - 1)}…`;
}

function withoutStructure(text: string): string {
  if (isWholeObject(text) && readContractText(text).kind === 'contract') return '';
  const blocks = findJsonBlocks(text);
  return withoutBlocks(
    text,
    blocks.filter((block) => readContractText(block.content).kind === 'contract'),
  );
}

function attachmentDraft(candidate: unknown): Draft[] {
  const parsed = attachmentSchema.safeParse(candidate);
  if (!parsed.success) return [];
  const { contentType, contentUrl, name, content } = parsed.data;
  if (contentType === adaptiveCardType) {
    const card = toBoundedJson(content);
    return card.ok ? [{ kind: 'card', card: card.value }] : [];
  }
  if (contentUrl === undefined || !isWebAddress(contentUrl)) return [];
  return [
    {
      kind: 'attachment',
      attachment: { contentType, url: contentUrl, ...(name === undefined ? {} : { name }) },
    },
  ];
}

function readSuggestedActions({ type, suggestedActions }: Activity): SuggestedAction[] {
  const parsed = suggestedActionsSchema.safeParse(suggestedActions);
  if (type !== 'message' || !parsed.success) return [];
  return parsed.data.actions.slice(0, limits.suggestedActions).flatMap(({ title, value }) => {
    const text = typeof value === 'string' ? value : title;
    return text === undefined ? [] : [{ title: cut(title ?? text), value: cut(text) }];
  });
}
