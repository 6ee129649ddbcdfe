import type { Activity } from '../activity.ts';
import { limits } from '../../domain/limits.ts';
import { attachmentPart } from './attachments.ts';
import { adaptiveCard } from './card-elements.ts';
import { cardDrafts } from './cards.ts';
import type { Draft, Part } from './draft.ts';
import { actionsOf } from './rich-card.ts';
import { readSuggestedActions } from './suggested-actions.ts';
import { textDrafts } from './text-drafts.ts';
import type { Reading } from './reading.ts';

/** What one activity says: its text, then its attachments in their order, then where its suggestions lead. */
export function activityPart(activity: Activity, reading: Reading): Part {
  switch (activity.type ?? '') {
    case 'message':
      return messagePart(activity, reading);
    case 'endOfConversation':
      return { drafts: textDrafts(activity, reading.report), suggestions: [] };
    default:
      // An event is for programs: it may carry structure, and says nothing to the person.
      return { drafts: [], suggestions: [] };
  }
}

function messagePart(activity: Activity, reading: Reading): Part {
  const drafts: Draft[] = [...textDrafts(activity, reading.report)];
  const suggestions = [];
  for (const attachment of reading.attachments(activity.attachments ?? [])) {
    // One more than is shown tells that there were more.
    if (drafts.length > limits.messagesPerTurn) break;
    const part = attachmentPart(attachment, reading);
    drafts.push(...part.drafts);
    suggestions.push(...part.suggestions);
  }
  const suggested = readSuggestedActions(activity, reading);
  const actions = suggested.links.flatMap(actionsOf);
  if (actions.length > 0) {
    drafts.push(...cardDrafts(adaptiveCard({ body: [], actions, selectAction: undefined }), reading));
  }
  return { drafts, suggestions: [...suggestions, ...suggested.suggestions] };
}
