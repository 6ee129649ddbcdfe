import { estimateTokenCount, sliceByTokens } from 'tokenx';
import type { Message } from '../../../contract/message.ts';
import { firstChars } from '../../domain/json.ts';
import type { TurnRecord } from '../../domain/result.ts';

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What the chat format itself takes for a message. */
const tokensPerMessage = 4;
/** So many characters never make fewer tokens by the estimate; more need not be looked at. */
const charsPerToken = 8;

/**
 * The past turns as a chat, oldest first, within a budget of estimated tokens: as many whole turns as fit, newest first
 * counted. Every turn is one message of the person and one of the model, because many chat templates take nothing
 * else. No message takes more than a quarter of the budget. Who said what is told by the role alone, and none of it
 * is the server's (I10).
 */
export function retellHistory(history: readonly TurnRecord[], maxTokens: number): ChatMessage[] {
  const chat: ChatMessage[] = [];
  let left = maxTokens;
  for (const turn of history.toReversed()) {
    const exchange = exchangeOf(turn, Math.floor(maxTokens / 4) - tokensPerMessage);
    left -= exchange.reduce((sum, { content }) => sum + estimateTokenCount(content) + tokensPerMessage, 0);
    if (left < 0) break;
    chat.unshift(...exchange);
  }
  return chat;
}

function exchangeOf({ messages }: TurnRecord, maxTokens: number): ChatMessage[] {
  const said = (role: Message['role'], silence: string): string => {
    const parts = messages.filter((message) => message.role === role).flatMap(partsOf);
    return shorten(parts.length === 0 ? silence : parts.join('\n\n'), maxTokens);
  };
  return [
    { role: 'user', content: said('user', '(arrived, and said nothing)') },
    { role: 'assistant', content: said('assistant', '(said nothing)') },
  ];
}

function partsOf({ kind, role, text, cardId, card, action, attachment }: Message): string[] {
  switch (kind) {
    case 'text':
      return text === undefined ? [] : [text];
    case 'card':
      return [`(card ${cardId ?? ''}: ${JSON.stringify(card)})`];
    case 'attachment':
      return attachment === undefined ? [] : [`(attachment ${attachment.name ?? ''}: ${attachment.url})`];
    case 'event':
      return role === 'user' && cardId !== undefined
        ? [`(submitted ${cardId}${taken(action)}: ${JSON.stringify(card)})`]
        : [];
  }
}

function taken(action: string | undefined): string {
  return action === undefined ? '' : `, action ${JSON.stringify(action)}`;
}

const suffix = '… (shortened)';

function shorten(text: string, maxTokens: number): string {
  const looked = firstChars(text, Math.max(0, maxTokens) * charsPerToken);
  if (looked.length === text.length && estimateTokenCount(text) <= maxTokens) return text;
  return sliceByTokens(looked, 0, Math.max(0, maxTokens - estimateTokenCount(suffix))) + suffix;
}
