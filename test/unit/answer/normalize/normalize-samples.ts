import type { Message } from '../../../../contract/message.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import type { NormalizedAnswer } from '../../../../server/answer/normalize/normalize-answer.ts';
import { message } from '../../domain/domain-samples.ts';
import { normalizeActivities } from '../../../support/read-activities.ts';

/** Every action may be submitted; links lead to example.org only. */
const anyAction: CardRules = { allowedActions: null, allowedHosts: ['example.org'] };

/** What the seventh turn of a conversation makes of the activities. */
export function normalized(activities: readonly Activity[], prompt: string | null = null): NormalizedAnswer {
  return normalizeActivities(activities, { turn: 7, prompt, cards: anyAction });
}

export function normalize(activities: readonly Activity[], prompt: string | null = null): Message[] {
  return normalized(activities, prompt).messages;
}

export function attached(...attachments: unknown[]): NormalizedAnswer {
  return normalized([message({ attachments })]);
}

export const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hi' }] };
export const cardAttachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };

/** `{"a":{"a":…1}}`, so many levels of it. */
export function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
}
