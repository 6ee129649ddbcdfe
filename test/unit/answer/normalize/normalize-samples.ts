import type { Message } from '../../../../contract/message.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import type { NormalizedAnswer } from '../../../../server/answer/normalize/normalize-answer.ts';
import { message } from '../../domain/domain-samples.ts';
import { normalizeActivities } from '../../../support/read-activities.ts';

/** Rules that allow every action, and links to example.org only. */
const anyAction: CardRules = { allowedActions: null, allowedHosts: ['example.org'] };

/** Normalizes the activities as those of a conversation's seventh turn. */
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

/** Returns `{"a":{"a":…1}}` with this many levels. */
export function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
}
