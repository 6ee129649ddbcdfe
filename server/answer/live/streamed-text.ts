import type { StreamInfo } from './stream-info.ts';

/** What a piece did to the text of its stream. */
export type TextChange =
  | { readonly kind: 'none' }
  /** The text goes on by this much. */
  | { readonly kind: 'grown'; readonly by: string }
  /** The agent took back what it had said: this is the text now. */
  | { readonly kind: 'replaced'; readonly text: string };

export interface TextPiece extends Pick<StreamInfo, 'sequence' | 'chunk'> {
  readonly text: string;
}

const unchanged: TextChange = { kind: 'none' };

/** How many pieces may come ahead of a missing one before it is given up. */
const longestGap = 64;

/**
 * The text of one stream, put together from its pieces. Services differ in what a piece holds, and not all say it:
 * either the whole text so far, which replaces what came before, or only what is new. Where the service is silent, the
 * second piece tells: a whole text begins with the first one. Linear in what the pieces hold together.
 */
export class StreamedText {
  #reading: 'unknown' | 'delta' | 'whole' = 'unknown';
  #text = '';
  /** The first piece with a text, until the next one tells how to read it. */
  #first: TextPiece | null = null;
  /** Of whole texts: the newest that was taken. */
  #latest = 0;
  /** Of what is new: the sequence number that comes next, and what came before its turn. */
  #next = 1;
  readonly #ahead = new Map<number, string>();

  /** All of it, in the order of the pieces, what still waits for a missing one included. */
  get text(): string {
    const ahead = [...this.#ahead].sort(([left], [right]) => left - right);
    return this.#text + ahead.map(([, text]) => text).join('');
  }

  /** Whether another text holds all that has come, and maybe goes on from there. */
  begins(other: string): boolean {
    // Not trimmed or otherwise read: that costs its length, for one message after the other.
    const { text } = this;
    return text !== '' && other.startsWith(text);
  }

  take(piece: TextPiece): TextChange {
    if (this.#isRepeated(piece)) return unchanged;
    this.#reading = this.#howToRead(piece);
    if (this.#reading === 'whole') return this.#takeWhole(piece);
    return this.#append(piece);
  }

  #isRepeated({ sequence }: TextPiece): boolean {
    if (sequence === null) return false;
    if (this.#reading === 'whole') return sequence <= this.#latest;
    return sequence < this.#next || this.#ahead.has(sequence);
  }

  #howToRead(piece: TextPiece): 'unknown' | 'delta' | 'whole' {
    if (this.#reading !== 'unknown') return this.#reading;
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
    // A piece without a text says nothing new; it is a sign of life.
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

/** Of two pieces the one that was sent later; without numbers, the one that came later. */
function newestOf(before: TextPiece | null, now: TextPiece): TextPiece {
  if (now.sequence === null) return now;
  return before?.sequence != null && before.sequence > now.sequence ? before : now;
}
