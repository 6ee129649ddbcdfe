import type { Activity } from '../../../../server/answer/activity.ts';

/** An agent's answer that shows these Adaptive Cards. */
export function showing(...cards: readonly object[]): Activity[] {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return [{ type: 'message', attachments: cards.map((content) => ({ contentType, content })) }];
}
