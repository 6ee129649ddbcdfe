/**
 * An agent's answer, read once: parsing and normalizing both take it as it is here.
 *
 * The job: leave out echoes and activities that say nothing to a person, join streamed texts, and apply later changes
 * of messages. The boundary: checked activities in, `ReadAnswer` out; what the words and the structure mean is not
 * decided here. It keeps that
 * - each text counts once, in the place where it began;
 * - an activity of another turn, or of an unknown type, changes nothing, and is reported;
 * - an issue is a fixed text, so nothing that the agent wrote reaches a log through it.
 */
import { limits } from '../domain/limits.ts';
import { isForUser } from './activity.ts';
import type { Activity } from './activity.ts';
import { GrowingAnswer } from './live-answer.ts';
import type { LiveSnapshot } from './live-answer.ts';
import { StreamedTexts } from './streamed-texts.ts';
import type { Stream } from './streamed-texts.ts';

/** An activity that says something to the person, or carries structure. */
export type SaidActivity = Activity & { readonly type: 'message' | 'event' | 'endOfConversation' };

export interface ReadAnswer {
  /**
   * In order. A streamed text counts once, by its final message; one that never got it counts as far as it came, in
   * the place where it began. A message that was changed later in the answer counts as it was changed last.
   */
  readonly said: readonly SaidActivity[];
  /**
   * Everything that was left out or not understood, each once and in fixed words, with nothing that the agent wrote.
   */
  readonly issues: readonly string[];
}

export class AnswerReader {
  readonly #streams = new StreamedTexts();
  readonly #live = new GrowingAnswer();
  /** Places in the answer; a stream's id holds the place of its first piece, null that of a deleted message. */
  readonly #places: (SaidActivity | string | null)[] = [];
  readonly #placeOfMessage = new Map<string, number>();
  readonly #begunStreams = new Set<string>();
  readonly #issues = new Set<string>();
  #holdsActivity = false;

  /** Everything that is shown of the answer so far; a new object after every change. */
  get shown(): LiveSnapshot {
    return this.#live.shown;
  }

  /** True while nothing has come but traces and signs of typing, which tell the person nothing. */
  get isEmpty(): boolean {
    return !this.#holdsActivity && this.#streams.unfinished().length === 0;
  }

  take(activity: Activity): void {
    if (!isForUser(activity)) return;
    const streamEvent = this.#streams.take(activity);
    this.#live.take(activity, streamEvent);
    if (activity.type !== 'typing' && activity.type !== 'trace') this.#holdsActivity = true;
    switch (activity.type ?? '') {
      case 'typing':
        if (streamEvent?.kind === 'text') this.#keepPlace(streamEvent.streamId);
        if (streamEvent?.kind === 'surplus') this.#issues.add(surplusIssue);
        return;
      case 'message':
        if (streamEvent?.kind === 'repeated') return;
        if (activity.id !== undefined) this.#placeOfMessage.set(activity.id, this.#places.length);
        this.#places.push({ ...activity, type: 'message' });
        return;
      case 'event':
        this.#places.push({ ...activity, type: 'event' });
        return;
      case 'endOfConversation':
        this.#places.push({ ...activity, type: 'endOfConversation' });
        return;
      case 'messageUpdate':
        this.#change(activity.id, { ...activity, type: 'message' });
        return;
      case 'messageDelete':
        this.#change(activity.id, null);
        return;
      default:
        if (!silentTypes.has(activity.type ?? '')) this.#issues.add(unknownTypeIssue);
    }
  }

  /** Returns the answer as far as it has come; the issues of `before` come first. */
  read(before: Iterable<string> = []): ReadAnswer {
    const issues = new Set([...before, ...this.#issues]);
    const unfinished = this.#unfinishedTexts();
    if (unfinished.size > 0) issues.add(unfinishedIssue);
    const said = this.#places.flatMap((place): SaidActivity[] => {
      if (typeof place !== 'string') return place === null ? [] : [place];
      const text = unfinished.get(place);
      return text === undefined ? [] : [{ type: 'message', text }];
    });
    return { said, issues: [...issues] };
  }

  #keepPlace(streamId: string): void {
    if (this.#begunStreams.has(streamId)) return;
    this.#begunStreams.add(streamId);
    this.#places.push(streamId);
  }

  /** Changes a message of this answer; one that was deleted stays deleted. */
  #change(id: string | undefined, changed: SaidActivity | null): void {
    const place = this.#placeOfMessage.get(id ?? '');
    if (place === undefined) this.#issues.add(foreignChangeIssue);
    else if (this.#places[place] !== null) this.#places[place] = changed;
  }

  /** Returns the texts that no final message came for, by stream: no more than a turn may have messages. */
  #unfinishedTexts(): Map<string, string> {
    const streams: readonly Stream[] = this.#streams.unfinished().slice(0, limits.messagesPerTurn);
    return new Map(
      streams.filter(({ text }) => text.trim() !== '').map(({ streamId, text }) => [streamId, text]),
    );
  }
}

const surplusIssue = `stream: only the first ${limits.streams} were taken`;
const unfinishedIssue = 'stream: a text was never finished; it is shown as far as it came';
const unknownTypeIssue = 'activities: one of an unknown type was left out';
const foreignChangeIssue = 'activities: a change of a message of another turn was left out';

// They are for machines, or about the conversation itself, and say nothing to a person.
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
