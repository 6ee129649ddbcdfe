import type { LiveEvent } from '../../contract/watch-events.ts';
import type { Activity } from './activity.ts';
import { limits } from '../domain/limits.ts';
import { LiveEvents } from './live/live-events.ts';
import { StreamedTexts } from './live/streamed-texts.ts';
import type { Stream } from './live/streamed-texts.ts';
import { isForUser } from './normalize/is-for-user.ts';
import { AgentFailure } from './agent-failure.ts';
import { readActivity } from './read-activity.ts';

export interface TakenActivity {
  readonly liveEvent: LiveEvent | null;
  /** How much was read, as JSON. */
  readonly chars: number;
}

/** An answer while it comes: what has to be kept of it, within its bounds. */
export class AnswerBuffer {
  /** What was kept; the name of a stream where the first of its pieces stood. */
  readonly #kept: (Activity | string)[] = [];
  readonly #streams = new StreamedTexts();
  readonly #began = new Set<string>();
  readonly #liveEvents = new LiveEvents();
  readonly #issues = new Set<string>();
  #received = 0;
  #chars = 0;

  /** How many activities have come. */
  get received(): number {
    return this.#received;
  }

  /** What could not be read. */
  get issues(): readonly string[] {
    return [...this.#issues];
  }

  /** @throws AgentFailure `failed` when the answer becomes too large */
  take(value: unknown): TakenActivity {
    const { activity, chars, issue } = readActivity(value);
    this.#received += 1;
    this.#chars += chars;
    if (this.#received > limits.answerActivities || this.#chars > limits.answerChars) {
      throw new AgentFailure('failed', 'the answer is too large');
    }
    if (issue !== null) this.#issues.add(issue);
    return { liveEvent: activity === null ? null : this.#keep(activity), chars };
  }

  #keep(activity: Activity): LiveEvent | null {
    if (!isForUser(activity)) {
      this.#kept.push(activity);
      return null;
    }
    const streamEvent = this.#streams.take(activity);
    // A streamed text may come again with each of its pieces: only what it came to is kept.
    if (activity.type !== 'typing') this.#kept.push(activity);
    else if (streamEvent?.kind === 'text') this.#keepStream(streamEvent.streamId);
    else if (streamEvent?.kind === 'surplus') this.#issues.add(surplusIssue);
    return this.#liveEvents.eventOf(activity, streamEvent);
  }

  #keepStream(streamId: string): void {
    if (this.#began.has(streamId)) return;
    this.#began.add(streamId);
    this.#kept.push(streamId);
  }

  /**
   * The answer, complete: every activity but those that only say that the agent is typing, and each stream that no
   * final message came for as one piece.
   * @throws AgentFailure `empty` when it says nothing to anybody, `failed` when nothing of it could be read
   */
  complete(): Activity[] {
    const unfinished = new Map(this.#streams.unfinished().map((stream) => [stream.streamId, stream]));
    const activities = this.#kept.flatMap((kept) => {
      if (typeof kept !== 'string') return [kept];
      const stream = unfinished.get(kept);
      return stream === undefined ? [] : [asPiece(stream)];
    });
    if (activities.some((activity) => isForUser(activity) && activity.type !== 'trace')) return activities;
    if (this.#issues.size > 0) throw new AgentFailure('failed', 'nothing of the answer could be read');
    throw new AgentFailure('empty', 'the answer is empty');
  }
}

const surplusIssue = `stream: only the first ${limits.streams} were taken`;

function asPiece({ streamId, text }: Stream): Activity {
  return { type: 'typing', text, entities: [{ type: 'streaminfo', streamId, streamType: 'streaming' }] };
}
