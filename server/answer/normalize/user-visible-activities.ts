import type { Activity } from '../activity.ts';
import { limits } from '../../domain/limits.ts';
import { readStreamInfo } from '../live/stream-info.ts';
import { StreamedTexts } from '../live/streamed-texts.ts';
import { isForUser } from './is-for-user.ts';
import type { Report } from './reading.ts';

/** Activities by their place in the answer. */
type ByPlace = Map<number, Activity>;

/**
 * The activities of an answer that say something to the person, in order: messages, events, and the end of the
 * conversation. A streamed text counts once, by its final message; one that never got it counts as far as it came.
 */
export function userVisibleActivities(activities: readonly Activity[], report: Report): Activity[] {
  const said: ByPlace = new Map();
  const placeOf = new Map<string, number>();
  const finished = new Set<string>();
  for (const [place, activity] of activities.entries()) {
    if (!isForUser(activity)) continue;
    switch (activity.type ?? '') {
      case 'message': {
        const streamId = readStreamInfo(activity)?.streamId ?? null;
        // What comes for a stream after its final message is a repetition.
        if (streamId !== null && finished.has(streamId)) break;
        if (streamId !== null) finished.add(streamId);
        if (activity.id !== undefined) placeOf.set(activity.id, place);
        said.set(place, activity);
        break;
      }
      case 'event':
      case 'endOfConversation':
        said.set(place, activity);
        break;
      case 'messageUpdate':
      case 'messageDelete': {
        const changed = placeOf.get(activity.id ?? '');
        if (changed === undefined) {
          report('activities: a change of a message of another turn was left out');
        } else if (said.has(changed)) {
          if (activity.type === 'messageDelete') said.delete(changed);
          else said.set(changed, { ...activity, type: 'message' });
        }
        break;
      }
      case 'typing':
        break;
      default:
        if (!silentTypes.has(activity.type ?? '')) report('activities: one of an unknown type was left out');
    }
  }
  for (const [place, activity] of unfinishedTexts(activities)) {
    report('stream: a text was never finished; it is shown as far as it came');
    said.set(place, activity);
  }
  return [...said].sort(([left], [right]) => left - right).map(([, activity]) => activity);
}

/** Streamed texts without a final message, each as a message in the place where it began. */
function unfinishedTexts(activities: readonly Activity[]): ByPlace {
  const streams = new StreamedTexts();
  const beganAt = new Map<string, number>();
  for (const [place, activity] of activities.entries()) {
    const event = isForUser(activity) ? streams.take(activity) : null;
    if (event?.kind === 'text' && !beganAt.has(event.streamId)) beganAt.set(event.streamId, place);
  }
  const unfinished: ByPlace = new Map();
  for (const { streamId, text } of streams.unfinished().slice(0, limits.messagesPerTurn)) {
    const place = beganAt.get(streamId);
    if (place === undefined || text.trim() === '') continue;
    unfinished.set(place, { type: 'message', text });
  }
  return unfinished;
}

// They say nothing to a person: they are for machines, or tell of the conversation itself.
const silentTypes: ReadonlySet<string> = new Set([
  'command',
  'commandResult',
  'contactRelationUpdate',
  'conversationUpdate',
  'delay',
  'deleteUserData',
  'handoff',
  'installationUpdate',
  'invoke',
  'invokeResponse',
  'messageReaction',
  'suggestion',
  'trace',
]);
