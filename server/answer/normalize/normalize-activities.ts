import type { Message } from '../../../contract/message.ts';
import type { Activity } from '../activity.ts';
import type { CardRules } from '../../domain/card-rules.ts';
import { limits } from '../../domain/limits.ts';
import { activityPart } from './activity-part.ts';
import { boundDrafts } from './bound-drafts.ts';
import type { Draft, Part } from './draft.ts';
import { Reading } from './reading.ts';
import { userVisibleActivities } from './user-visible-activities.ts';
import { withSuggestions } from './suggested-actions.ts';
import { textDraft } from './text-drafts.ts';

interface NormalizeOptions {
  readonly turn: number;
  /** What the agent asks, from its structure: said when the answer has no text of its own. */
  readonly prompt: string | null;
  /** What the workflow allows cards to do. */
  readonly cards: CardRules;
}

export interface NormalizedAnswer {
  readonly messages: Message[];
  /** What was left out, cut or not understood, each once and in fixed words. */
  readonly issues: string[];
}

/**
 * Turns an agent's activities into messages, in order, with ids that depend on the turn and the position alone.
 * Structure is not repeated as text; what is too much is cut, what is not understood is left out, and either is
 * reported. Never throws; bounded in time and size by `limits`.
 */
export function normalizeActivities(
  activities: readonly Activity[],
  { turn, prompt, cards }: NormalizeOptions,
): NormalizedAnswer {
  const reading = new Reading(cards);
  const parts = firstParts(userVisibleActivities(activities, reading.report), reading);
  const saysSomething = parts.some((part) => part.drafts.some(({ kind }) => kind === 'text'));
  const drafts: Draft[] = saysSomething ? [] : textDraft(prompt ?? '', 'markdown', reading.report);
  for (const part of parts) {
    drafts.push(...part.drafts);
    // Suggestions belong to what was said last: their own activity may hold nothing but structure.
    const last = part.suggestions.length > 0 ? drafts.pop() : undefined;
    if (last !== undefined) drafts.push(withSuggestions(last, part.suggestions, reading));
    else if (part.suggestions.length > 0)
      reading.report('suggestedActions: nothing was said that they could stand on');
  }
  const messages = boundDrafts(drafts, reading).map((draft, index) => asMessage(draft, turn, index + 1));
  return { messages, issues: reading.issues };
}

/** The parts of an answer up to where there is more than is shown: the rest is not worth reading. */
function firstParts(said: readonly Activity[], reading: Reading): Part[] {
  const parts: Part[] = [];
  let count = 0;
  let chars = 0;
  let readChars = 0;
  for (const activity of said) {
    if (count > limits.messagesPerTurn || chars > limits.messagesChars) break;
    readChars += Math.min(activity.text?.length ?? 0, limits.readCharsOfText);
    if (readChars > limits.readTextChars + limits.readCharsOfText) {
      reading.report('text: there was more than is read');
      break;
    }
    const part = activityPart(activity, reading);
    parts.push(part);
    count += part.drafts.length;
    for (const { text = '' } of part.drafts) chars += text.length;
  }
  return parts;
}

function asMessage(draft: Draft, turn: number, position: number): Message {
  const id = `${turn}.${position}`;
  const cardId = draft.kind === 'card' ? { cardId: `card-${id}` } : {};
  return { id, role: 'assistant', turn, ...draft, ...cardId };
}
