import type { Json, Message } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { createContext } from 'react';
import { sendOptionsOf } from '../workflow/conversation-view.ts';
import type { JsonNode } from './card-json.ts';

/** The inputs that an action submits; or a text, where the action sends that instead. */
export type CardSubmission =
  | { readonly kind: 'data'; readonly data: JsonNode; readonly action: string | undefined }
  | { readonly kind: 'text'; readonly text: string };

/** The state of each card in a conversation, and how to submit one. */
export interface CardActions {
  readonly isBusy: boolean;
  readonly stateOf: (cardId: string | undefined) => CardState;
  readonly cardOf: (cardId: string | undefined) => Json | undefined;
  readonly submit: (cardId: string | undefined, submission: CardSubmission) => void;
  /** The conversation, whose cards keep what was entered through a reload of the page. */
  readonly conversationId: string;
}

/**
 * The cards of the conversation around a component. Only cards read it, so that the other messages need not render again
 * when a card changes its state.
 */
export const CardsContext = createContext<CardActions>({
  isBusy: true,
  stateOf: () => ({ kind: 'closed' }),
  cardOf: () => undefined,
  submit: () => undefined,
  conversationId: '',
});

export function cardActions(view: ConversationView): CardActions {
  const stored = view.messages.filter(({ delivery }) => delivery === 'stored');
  const states = cardStates(stored, view.status === 'active');
  const shown = stored.filter(({ role }) => role === 'assistant');
  return {
    isBusy: view.isSending,
    conversationId: view.conversationId,
    stateOf: (cardId) => states.get(cardId ?? '') ?? { kind: 'closed' },
    cardOf: (cardId) => shown.find((message) => message.cardId === cardId)?.card,
    submit: (cardId, submission) => {
      // The new input replaces a failed turn.
      if (view.pending?.phase === 'failed') view.discard();
      const options = sendOptionsOf(view);
      if (submission.kind === 'text') view.send(submission.text, options);
      else if (cardId !== undefined)
        view.submitCard(cardId, submission.data, { ...options, action: submission.action });
    },
  };
}

export type CardState =
  | { readonly kind: 'open' }
  | { readonly kind: 'sent'; readonly data: Json | undefined }
  /** The conversation has finished, or the agent has shown too many newer cards. */
  | { readonly kind: 'closed' };

/** The server accepts submissions of the newest 20 cards of a conversation. */
const answerableCards = 20;

/** Returns whether the current question is a card: the last turn shows one that was not submitted yet. */
export function asksByCard(messages: readonly Message[], states: ReadonlyMap<string, CardState>): boolean {
  const lastTurn = messages.at(-1)?.turn;
  return messages.some(
    ({ turn, role, cardId }) =>
      turn === lastTurn && role === 'assistant' && states.get(cardId ?? '')?.kind === 'open',
  );
}

export function cardStates(messages: readonly Message[], isActive: boolean): ReadonlyMap<string, CardState> {
  const shown = messages.filter(({ role }) => role === 'assistant').flatMap(({ cardId }) => cardId ?? []);
  const newest = new Set(isActive ? shown.slice(-answerableCards) : []);
  const states = new Map<string, CardState>(
    shown.map((cardId) => [cardId, newest.has(cardId) ? { kind: 'open' } : { kind: 'closed' }]),
  );
  for (const { role, cardId, card } of messages) {
    if (role === 'user' && cardId !== undefined) states.set(cardId, { kind: 'sent', data: card });
  }
  return states;
}
