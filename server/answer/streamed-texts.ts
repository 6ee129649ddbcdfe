/**
 * The texts that an agent streams, joined from their pieces.
 *
 * The job: find the stream that each activity belongs to, put the pieces into order, and say what changed. The
 * boundary: it is given every activity that is for the person, in order, and is the only place that reads streaming
 * pieces; live text and messages are made from its results. It keeps that
 * - a final message finishes its stream once, and counts instead of the pieces; a stream without one keeps what came;
 * - numbered pieces are joined in the order of their numbers, in whatever order they arrive;
 * - its work is linear in the length of all pieces together, and `limits.streams` bounds the streams (I11).
 */
import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import type { Activity } from './activity.ts';

/** A text that an agent sends in pieces. */
export interface Stream {
  /** Made here: `1`, `2`, … in the order in which the streams began. */
  readonly streamId: string;
  readonly text: string;
}

/** The effect of an activity on its stream. */
export type StreamEvent =
  | { readonly kind: 'text'; readonly streamId: string; readonly change: TextChange }
  /** The piece belongs to one stream more than an answer may have, and is left out. */
  | { readonly kind: 'surplus' }
  /** The piece says what the agent is doing meanwhile, and is no part of the text. */
  | { readonly kind: 'informative'; readonly streamId: string; readonly text: string }
  /** The complete text counts instead of the pieces; `null` when there is to be none. */
  | { readonly kind: 'final'; readonly streamId: string; readonly text: string | null }
  /** The message repeats one that has already finished its stream. */
  | { readonly kind: 'repeated' };

interface OpenStream {
  readonly streamId: string;
  /** The agent's name for it, once it is known. */
  agentsId: string | null;
  readonly text: StreamedText;
  isFinished: boolean;
}

/** The streams of one answer. */
export class StreamedTexts {
  readonly #streams: OpenStream[] = [];
  readonly #byAgentsId = new Map<string, OpenStream>();
  /** The agent's names of the streams that a message has finished. */
  readonly #confirmed = new Set<string>();
  #last: OpenStream | null = null;

  /** Returns `null` for an activity outside of any stream, and for a message that finishes none. */
  take(activity: Activity): StreamEvent | null {
    const info = readStreamInfo(activity);
    const text = activity.text ?? '';
    if (info === null) return activity.type === 'message' ? this.#finishSilently(text) : null;
    if (activity.type === 'message' && info.streamId !== null) {
      if (this.#confirmed.has(info.streamId)) return { kind: 'repeated' };
      this.#confirmed.add(info.streamId);
    }
    // A final piece that is no message ends the stream without one; with a text it is a piece like others.
    const isFinal = info.type === 'final' && (activity.type === 'message' || text === '');
    if (isFinal) return finish(this.#finishedBy(info, text), activity.type === 'message' ? text : null);
    const stream = this.#streamOf(info, activity);
    if (stream === null) return { kind: 'surplus' };
    this.#last = stream;
    const { streamId } = stream;
    if (stream.isFinished) return { kind: 'text', streamId, change: { kind: 'none' } };
    const isInformative = info.type === 'informative';
    // An informative piece is numbered among the others, so they wait for it.
    const change = stream.text.take({ ...info, text: isInformative ? '' : text });
    return isInformative && change.kind === 'none'
      ? { kind: 'informative', streamId, text }
      : { kind: 'text', streamId, change };
  }

  /** Returns the streams without a final message, in the order in which they began. */
  unfinished(): Stream[] {
    return this.#streams
      .filter(({ isFinished }) => !isFinished)
      .map(({ streamId, text }) => ({ streamId, text: text.text }))
      .filter(({ text }) => text !== '');
  }

  /** Takes a message that names no stream, but holds all the pieces so far and maybe more, as that stream's end. */
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

  /** Returns null where there are too many streams for another one. */
  #streamOf(info: StreamInfo, activity: Activity): OpenStream | null {
    const named = this.#named(info);
    if (named !== null) return named;
    const ownId = activity.id === undefined || activity.id === '' ? null : activity.id;
    const isFirst = info.sequence === 1 || (info.sequence === null && ownId !== null);
    const goingOn = isFirst ? null : this.#goingOn();
    if (goingOn !== null && info.streamId === null) return goingOn;
    // The first piece of a stream may have no stream id: then its own id is the stream's.
    if (goingOn?.agentsId === null) return this.#name(goingOn, info.streamId);
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

  /** Returns the stream of the last piece: a piece without an id continues it. */
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

/** The effect of a piece on the text of its stream. */
export type TextChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'grown'; readonly by: string }
  /** The agent took back its words: this is the whole text now. */
  | { readonly kind: 'replaced'; readonly text: string };

interface TextPiece extends Pick<StreamInfo, 'sequence' | 'chunk'> {
  readonly text: string;
}

const unchanged: TextChange = { kind: 'none' };

/** Pieces that may come ahead of a missing one before it is given up. */
const longestGap = 64;

/**
 * The text of one stream, put together from its pieces. Services differ in what a piece holds, and not all say it:
 * either the whole text so far, which replaces the earlier one, or only the new part. Where the service is silent, the
 * second piece tells: a whole text begins with the first one. Linear in the length of all pieces together.
 */
class StreamedText {
  #pieceKind: 'unknown' | 'delta' | 'whole' = 'unknown';
  #text = '';
  /** The first piece with a text, until the next one tells which kind it is. */
  #first: TextPiece | null = null;
  /** Of whole texts: the sequence number of the newest that was taken. */
  #latest = 0;
  /** Of new parts: the sequence number that comes next, and the parts that came ahead of their turn. */
  #next = 1;
  readonly #ahead = new Map<number, string>();

  /** The whole text in the order of the pieces, those that wait for a missing one included. */
  get text(): string {
    const ahead = [...this.#ahead].sort(([left], [right]) => left - right);
    return this.#text + ahead.map(([, text]) => text).join('');
  }

  /** Returns whether another text begins with all of this one. */
  begins(other: string): boolean {
    // Trimming would cost the text's length again for every message.
    const { text } = this;
    return text !== '' && other.startsWith(text);
  }

  take(piece: TextPiece): TextChange {
    if (this.#isRepeated(piece)) return unchanged;
    this.#pieceKind = this.#pieceKindOf(piece);
    if (this.#pieceKind === 'whole') return this.#takeWhole(piece);
    return this.#append(piece);
  }

  #isRepeated({ sequence }: TextPiece): boolean {
    if (sequence === null) return false;
    if (this.#pieceKind === 'whole') return sequence <= this.#latest;
    return sequence < this.#next || this.#ahead.has(sequence);
  }

  #pieceKindOf(piece: TextPiece): 'unknown' | 'delta' | 'whole' {
    if (this.#pieceKind !== 'unknown') return this.#pieceKind;
    if (piece.chunk !== null) return piece.chunk;
    if (piece.text === '') return 'unknown';
    const first = this.#first;
    this.#first ??= piece;
    if (first === null) return 'unknown';
    const later = newestOf(first, piece);
    const earlier = later === piece ? first : piece;
    return later.text.startsWith(earlier.text) ? 'whole' : 'delta';
  }

  #takeWhole(piece: TextPiece): TextChange {
    const newest = newestOf(this.#first, piece);
    this.#first = null;
    this.#ahead.clear();
    // A piece without a text is only a sign of life.
    if (newest.text === '') return unchanged;
    this.#latest = newest.sequence ?? this.#latest;
    const before = this.#text;
    this.#text = newest.text;
    if (!newest.text.startsWith(before)) return { kind: 'replaced', text: newest.text };
    return grown(newest.text.slice(before.length));
  }

  #append({ sequence, text }: TextPiece): TextChange {
    if (sequence === null) return this.#growBy(text);
    this.#ahead.set(sequence, text);
    let added = this.#takeInTurn();
    if (this.#ahead.size > longestGap) {
      this.#next = Math.min(...this.#ahead.keys());
      added += this.#takeInTurn();
    }
    return this.#growBy(added);
  }

  #takeInTurn(): string {
    let added = '';
    for (let text = this.#ahead.get(this.#next); text !== undefined; text = this.#ahead.get(this.#next)) {
      added += text;
      this.#ahead.delete(this.#next);
      this.#next += 1;
    }
    return added;
  }

  #growBy(text: string): TextChange {
    this.#text += text;
    return grown(text);
  }
}

function grown(by: string): TextChange {
  return by === '' ? unchanged : { kind: 'grown', by };
}

/** Returns the piece that was sent later; without numbers, the one that came later. */
function newestOf(before: TextPiece | null, now: TextPiece): TextPiece {
  if (now.sequence === null) return now;
  return before?.sequence != null && before.sequence > now.sequence ? before : now;
}

/**
 * An activity's account of the stream that it is part of: in a `streaminfo` entity or, from older services, in its
 * `channelData` (Web Chat's docs/LIVESTREAMING.md; the Activity protocol's `streaminfo`).
 */
interface StreamInfo {
  readonly streamId: string | null;
  /** From 1; each piece of a stream has its own. */
  readonly sequence: number | null;
  readonly type: 'informative' | 'streaming' | 'final';
  /** `delta` holds only the new part, `whole` all of the text; `null` where the service does not say. */
  readonly chunk: 'delta' | 'whole' | null;
}

const fields = {
  streamId: z.string().min(1).max(256).optional().catch(undefined),
  streamSequence: z.int().min(1).optional().catch(undefined),
};
const streamType = z.enum(['informative', 'streaming', 'final']);
const entitySchema = z.object({
  ...fields,
  type: z.literal('streaminfo'),
  streamType: streamType.optional().catch(undefined),
});
const channelDataSchema = z.object({ ...fields, streamType });
const chunkSchema = z.object({ chunkType: z.enum(['delta', 'full']) });

/** Returns `null` for an activity that is no part of a stream. Never throws. */
function readStreamInfo(activity: Activity): StreamInfo | null {
  if (activity.type !== 'typing' && activity.type !== 'message') return null;
  const entity = firstMatch(entitySchema, activity.entities ?? []);
  const channelData = firstMatch(channelDataSchema, [activity.channelData]);
  if (entity === null && channelData === null) return null;
  return {
    streamId: entity?.streamId ?? channelData?.streamId ?? null,
    sequence: entity?.streamSequence ?? channelData?.streamSequence ?? null,
    type:
      activity.type === 'message' ? 'final' : (entity?.streamType ?? channelData?.streamType ?? 'streaming'),
    chunk: readChunk(activity.channelData),
  };
}

function readChunk(channelData: unknown): StreamInfo['chunk'] {
  const chunkType = firstMatch(chunkSchema, [channelData])?.chunkType;
  if (chunkType === undefined) return null;
  return chunkType === 'delta' ? 'delta' : 'whole';
}

function firstMatch<Schema extends z.ZodType>(
  schema: Schema,
  candidates: readonly unknown[],
): z.infer<Schema> | null {
  for (const candidate of candidates) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return null;
}
