import type { Activity } from '../activity.ts';
import { limits } from '../../domain/limits.ts';
import { readStreamInfo } from './stream-info.ts';
import type { StreamInfo } from './stream-info.ts';
import { StreamedText } from './streamed-text.ts';
import type { TextChange } from './streamed-text.ts';

/** One stream of an answer. */
export interface Stream {
  /** Ours: `1`, `2`, … in the order in which the streams began. */
  readonly streamId: string;
  readonly text: string;
}

/** What an activity did to its stream. */
export type StreamEvent =
  | { readonly kind: 'text'; readonly streamId: string; readonly change: TextChange }
  /** A piece of one stream more than an answer may have: it is left out. */
  | { readonly kind: 'surplus' }
  /** Not part of the text: what the agent is doing meanwhile. */
  | { readonly kind: 'informative'; readonly streamId: string; readonly text: string }
  /** The complete text, which counts instead of the pieces; `null` when there is to be none. */
  | { readonly kind: 'final'; readonly streamId: string; readonly text: string | null };

interface OpenStream {
  readonly streamId: string;
  /** What the agent calls it, once it is known. */
  agentsId: string | null;
  readonly text: StreamedText;
  isFinished: boolean;
}

/**
 * The one place that reads streaming pieces: give it every activity of an answer, in order. What a final message
 * confirmed is finished; the rest is what an agent began to say and never sent as a message.
 */
export class StreamedTexts {
  readonly #streams: OpenStream[] = [];
  readonly #byAgentsId = new Map<string, OpenStream>();
  #last: OpenStream | null = null;

  /** `null` for an activity that is no part of a stream, or is a message that finishes none. */
  take(activity: Activity): StreamEvent | null {
    const info = readStreamInfo(activity);
    const text = activity.text ?? '';
    if (info === null) return activity.type === 'message' ? this.#finishSilently(text) : null;
    // A final piece that is no message ends the stream without one; with a text it is a piece like others.
    const isFinal = info.type === 'final' && (activity.type === 'message' || text === '');
    if (isFinal) return finish(this.#finishedBy(info, text), activity.type === 'message' ? text : null);
    const stream = this.#streamOf(info, activity);
    if (stream === null) return { kind: 'surplus' };
    this.#last = stream;
    const { streamId } = stream;
    if (stream.isFinished) return { kind: 'text', streamId, change: { kind: 'none' } };
    const isInformative = info.type === 'informative';
    // An informative piece has its number among the others, so that they wait for it.
    const change = stream.text.take({ ...info, text: isInformative ? '' : text });
    return isInformative && change.kind === 'none'
      ? { kind: 'informative', streamId, text }
      : { kind: 'text', streamId, change };
  }

  /** What no final message has confirmed, in the order in which it began. */
  unfinished(): Stream[] {
    return this.#streams
      .filter(({ isFinished }) => !isFinished)
      .map(({ streamId, text }) => ({ streamId, text: text.text }))
      .filter(({ text }) => text !== '');
  }

  /** A message that does not say what it finishes, but says all that had come, and maybe more. */
  #finishSilently(text: string): StreamEvent | null {
    const stream = this.#goingOn();
    return stream?.text.begins(text) === true ? finish(stream, text) : null;
  }

  #finishedBy(info: StreamInfo, text: string): OpenStream | null {
    const named = this.#named(info);
    const goingOn = this.#goingOn();
    if (named !== null || goingOn === null) return named;
    const isMeant = info.streamId === null || goingOn.agentsId === null || goingOn.text.begins(text);
    return isMeant ? goingOn : null;
  }

  /** Null where there are too many streams for another one. */
  #streamOf(info: StreamInfo, activity: Activity): OpenStream | null {
    const named = this.#named(info);
    if (named !== null) return named;
    const ownId = activity.id === undefined || activity.id === '' ? null : activity.id;
    const isFirst = info.sequence === 1 || (info.sequence === null && ownId !== null);
    const goingOn = isFirst ? null : this.#goingOn();
    if (goingOn !== null && info.streamId === null) return goingOn;
    // The first piece of a stream may have no stream id: its own id is that of the stream then.
    if (goingOn !== null && goingOn.agentsId === null) return this.#name(goingOn, info.streamId);
    if (this.#streams.length >= limits.streams) return null;
    const begun = {
      streamId: String(this.#streams.length + 1),
      agentsId: null,
      text: new StreamedText(),
      isFinished: false,
    };
    this.#streams.push(begun);
    return this.#name(begun, info.streamId ?? ownId);
  }

  #named({ streamId }: StreamInfo): OpenStream | null {
    return streamId === null ? null : (this.#byAgentsId.get(streamId) ?? null);
  }

  /** The stream heard of last: what has no id goes on with it. */
  #goingOn(): OpenStream | null {
    return this.#last?.isFinished === false ? this.#last : null;
  }

  #name(stream: OpenStream, agentsId: string | null): OpenStream {
    stream.agentsId = agentsId;
    if (agentsId !== null) this.#byAgentsId.set(agentsId, stream);
    return stream;
  }
}

function finish(stream: OpenStream | null, text: string | null): StreamEvent | null {
  if (stream === null || stream.isFinished) return null;
  stream.isFinished = true;
  return { kind: 'final', streamId: stream.streamId, text };
}
