import type { TurnInput } from '../../contract/inputs.ts';
import type { AgentInput } from '../domain/briefing.ts';
import { checkCardAction } from '../answer/cards/check-card-action.ts';
import { TurnkeeperError } from '../domain/errors.ts';
import type { TranscriptTurn } from '../domain/result.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Workflow } from '../domain/workflow.ts';

/** The number of the turn that showed the card which the input acts on; null where the input names no possible card. */
export function cardTurnOf(input: TurnInput): number | null {
  if (input.type !== 'cardAction') return null;
  const turn = /^card-(\d{1,9})\.\d{1,9}$/.exec(input.cardId)?.[1];
  return turn === undefined ? null : Number(turn);
}

/** @throws TurnkeeperError UNKNOWN_CARD for a card that this conversation did not show, or not lately */
export function requireShownCard(input: TurnInput, stored: ConversationState | null): void {
  if (input.type === 'cardAction' && stored?.shownCards.includes(input.cardId) !== true) throw unknownCard();
}

/**
 * The input as the agent is given it: a card's data only as that card can submit it.
 * @param cardTurn the turn that showed the card, as far as the transcript still holds it
 * @throws TurnkeeperError UNKNOWN_CARD, INVALID_INPUT
 */
export function toAgentInput(
  workflow: Workflow,
  input: Extract<TurnInput, { readonly type: 'cardAction' }>,
  cardTurn: TranscriptTurn | null,
): Extract<AgentInput, { readonly type: 'cardAction' }> {
  const { cardId, data, action } = input;
  const card = cardTurn?.messages.find((message) => message.cardId === cardId)?.card;
  if (card === undefined) throw unknownCard();
  const checked = checkCardAction(card, { data, action }, workflow.cards);
  if (checked.ok) return { type: 'cardAction', cardId, data: checked.data, action: checked.action };
  throw new TurnkeeperError('INVALID_INPUT', 'This is not what the card can submit.', {
    issues: checked.issues.map(({ path, message }) => ({ path: `input.${path}`, message })),
  });
}

function unknownCard(): TurnkeeperError {
  return new TurnkeeperError('UNKNOWN_CARD', 'No such card was shown in this conversation, or not lately.', {
    issues: [{ path: 'input.cardId', message: 'must be the id of a card that the agent showed here' }],
  });
}
