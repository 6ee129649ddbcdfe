import type { Json } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { cardStates } from '../cards/card-states.ts';
import type { CardState } from '../cards/card-states.ts';
import type { CardSubmission } from '../cards/draw-card.ts';
import { sendOptionsOf } from '../conversation/standing.ts';

/** What the messages of a conversation need to know of its cards. */
export interface CardDesk {
  readonly isBusy: boolean;
  readonly stateOf: (cardId: string | undefined) => CardState;
  readonly cardOf: (cardId: string | undefined) => Json | undefined;
  readonly submit: (cardId: string | undefined, submission: CardSubmission) => void;
}

export function cardDesk(view: ConversationView): CardDesk {
  const stored = view.messages.filter(({ delivery }) => delivery === 'stored');
  const states = cardStates(stored, view.status === 'active');
  const shown = stored.filter(({ role }) => role === 'assistant');
  return {
    isBusy: view.isSending,
    stateOf: (cardId) => states.get(cardId ?? '') ?? { kind: 'closed' },
    cardOf: (cardId) => shown.find((message) => message.cardId === cardId)?.card,
    submit: (cardId, submission) => {
      // A failed turn makes way for what is entered instead of it.
      if (view.pending?.phase === 'failed') view.discard();
      const options = sendOptionsOf(view);
      if (submission.kind === 'text') view.send(submission.text, options);
      else if (cardId !== undefined)
        view.submitCard(cardId, submission.data, { ...options, action: submission.action });
    },
  };
}
