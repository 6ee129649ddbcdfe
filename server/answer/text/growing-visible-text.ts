import { firstChars } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';
import { TextParts } from './text-parts.ts';
import { ThoughtFilter } from './thought-filter.ts';
import type { FilteredText } from './thought-filter.ts';
import { TrimmedText } from './trimmed-text.ts';
import { wordsOf } from './visible-text.ts';

/**
 * What may be shown of a text that is still growing: what is certain to be in the message in the end. Structure is held
 * back while it is being written, thoughts from their opening mark on. One thing takes back what was shown: a closing
 * mark that nothing opened. What it shows in all is `visibleText` of the whole. Linear in the text's length.
 */
export class GrowingVisibleText {
  readonly #thoughts = new ThoughtFilter();
  #parts = new TextParts();
  #shown = new TrimmedText(limits.messageChars);
  #timesTakenBack = 0;
  #charsLeft: number = limits.readCharsOfText;

  /** How often all that was shown was taken back. */
  get timesTakenBack(): number {
    return this.#timesTakenBack;
  }

  /** Returns what is newly visible; the whole of it where what was shown was taken back. */
  append(text: string): string {
    const readable = firstChars(text, Math.max(0, this.#charsLeft));
    this.#charsLeft -= text.length;
    return readable === '' ? '' : this.#read(this.#thoughts.append(readable));
  }

  /** Returns what becomes visible because nothing more comes. */
  finish(): string {
    const rest = this.#read(this.#thoughts.finish());
    return rest + this.#shown.append(wordsOf(this.#parts.finish())) + this.#shown.finish();
  }

  #read({ text, isTakenBack }: FilteredText): string {
    if (isTakenBack) {
      this.#timesTakenBack += 1;
      this.#parts = new TextParts();
      this.#shown = new TrimmedText(limits.messageChars);
    }
    return this.#shown.append(wordsOf(this.#parts.append(text)));
  }
}
