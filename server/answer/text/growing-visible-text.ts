import { firstChars } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { TextParts } from './text-parts.ts';
import { ThoughtFilter } from './thought-filter.ts';
import type { FilteredText } from './thought-filter.ts';
import { visibleWords } from './visible-text.ts';

/**
 * Shows the part of a growing text that is certain to be in the final message. Structure is held back while it is being
 * written, and a thought from its opening mark on. Only a closing mark that nothing opened takes back the shown text.
 * At its end, a text has been shown as `visibleText` of the whole. Linear in the text's length.
 */
export class GrowingVisibleText {
  readonly #thoughts = new ThoughtFilter();
  #parts = new TextParts();
  #shown = new TrimmedText(limits.messageChars);
  #timesTakenBack = 0;
  #charsLeft: number = limits.readCharsOfText;

  /** Times that everything shown was taken back. */
  get timesTakenBack(): number {
    return this.#timesTakenBack;
  }

  /** Returns the newly visible text; the whole visible text if the shown text was taken back. */
  append(text: string): string {
    const readable = firstChars(text, Math.max(0, this.#charsLeft));
    this.#charsLeft -= text.length;
    return readable === '' ? '' : this.#read(this.#thoughts.append(readable));
  }

  /** Returns the text that becomes visible because nothing follows. */
  finish(): string {
    const rest = this.#read(this.#thoughts.finish());
    return rest + this.#shown.append(visibleWords(this.#parts.finish())) + this.#shown.finish();
  }

  #read({ text, isTakenBack }: FilteredText): string {
    if (isTakenBack) {
      this.#timesTakenBack += 1;
      this.#parts = new TextParts();
      this.#shown = new TrimmedText(limits.messageChars);
    }
    return this.#shown.append(visibleWords(this.#parts.append(text)));
  }
}

/** A growing text without its blank edges. A text that becomes too long is cut as `cutTo` cuts the whole. */
export class TrimmedText {
  readonly #maxChars: number;
  #shownChars = 0;
  /** Blank so far: it counts once something follows. */
  #blank = '';
  /** The end that more text may change: half a character, or the last character before the cut. */
  #last = '';
  #isCut = false;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Returns the newly visible text. */
  append(text: string): string {
    if (this.#isCut) return '';
    const from = this.#shownChars === 0 && this.#last === '' ? text.trimStart() : text;
    const solid = from.trimEnd();
    if (solid === '') {
      if (from !== '') this.#blank += from;
      return '';
    }
    const now = this.#blank + solid;
    this.#blank = from.slice(solid.length);
    return this.#show(now);
  }

  finish(): string {
    const last = this.#last;
    this.#last = '';
    return last;
  }

  #show(text: string): string {
    const all = this.#last + text;
    const room = this.#maxChars - 1 - this.#shownChars;
    // Half a character at the end waits for its other half.
    const shown = firstChars(`${all} `, Math.min(room, all.length));
    this.#last = all.slice(shown.length);
    this.#shownChars += shown.length;
    if (this.#shownChars + this.#last.length <= this.#maxChars) return shown;
    this.#isCut = true;
    this.#last = '';
    return `${shown}…`;
  }
}
