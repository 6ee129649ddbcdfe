import type { Json, Message } from '@turnkeeper/client';

/** What can be done with a card that the agent showed. */
export type CardState =
  | { readonly kind: 'open' }
  | { readonly kind: 'sent'; readonly data: Json | undefined }
  /** The conversation has finished, or too many cards came after this one. */
  | { readonly kind: 'closed' };

/** The server takes submissions of this many cards of a conversation, the newest ones. */
const answerableCards = 20;

/** Whether the agent's last turn shows a card that is yet to be answered: that is what is asked now. */
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
