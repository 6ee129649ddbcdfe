import { firstChars } from '../../domain/json.ts';

/** A growing text without its blank edges, cut where it becomes too long, as `cut` in normalizing does it at the end. */
export class TrimmedText {
  readonly #maxChars: number;
  #shownChars = 0;
  /** Blank so far: it counts once something follows. */
  #blank = '';
  /** What would not stay as it is if more came: half a character, or the last before the cut. */
  #last = '';
  #isCut = false;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Answers what is newly visible. */
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
