import { JsonScanner } from './json-scanner.ts';
import { isMarkStart, readMark } from './thought-marks.ts';
import type { ModelMark } from './thought-marks.ts';

export interface FilteredText {
  /** The text that is newly known to be said. */
  readonly text: string;
  /** True if all text so far has turned out to be a thought: `text` is then the text from its beginning. */
  readonly isTakenBack: boolean;
}

interface Output {
  text: string;
  isTakenBack: boolean;
}

const longestHeader = 100;
/** The name of thoughts that stand in a channel of their own. */
const channel = 'channel';

/**
 * Leaves a model's thoughts, and the marks of its template, out of a text that grows. Linear in the text's length.
 *
 * - A thought goes from its opening mark to the closing one of the same name, or to the end of the text.
 * - A closing mark alone says that everything before it was a thought: many templates write the opening one themselves.
 * - A token of a template (`<|im_end|>`) ends the answer.
 * - A mark between two backticks is one that the text talks about, and so is one in a string of a JSON object.
 */
export class ThoughtFilter {
  #mode: 'said' | 'thought' | 'header' | 'over' = 'said';
  /** The name of the marks around the thought. */
  #thought = '';
  #hasOwnMarks = false;
  #isNested = false;
  /** A template's words about the message that follows. */
  #header = '';
  /** The end of the text so far, while it may become a mark. */
  #pending = '';
  #lastChar = '';
  #saysSomething = false;
  /** Marks, and blanks after them, that are left out where nothing follows. */
  #tail = '';
  /** Follows the JSON object that the text is in. */
  #scanner: JsonScanner | null = null;

  /** True if the text so far can still turn out to be a thought. Where thoughts have both their marks, it cannot. */
  get mayBeTakenBack(): boolean {
    return !this.#hasOwnMarks || this.#isNested;
  }

  append(text: string): FilteredText {
    return this.#read(this.#pending + text, false);
  }

  finish(): FilteredText {
    return this.#read(this.#pending, true);
  }

  #read(text: string, isEnd: boolean): FilteredText {
    const output: Output = { text: '', isTakenBack: false };
    this.#pending = '';
    for (let at = 0; at < text.length;) {
      const stop = this.#nextStop(text, at);
      this.#pass(text.slice(at, stop), output);
      if (stop === text.length) break;
      const read = readMark(text, stop);
      const end = stop + (read === null || read === 'incomplete' ? 1 : read.length);
      const isTicked = this.#lastChar === '`' && read !== null;
      const isOpen = read === 'incomplete' || (isTicked && end === text.length);
      if (isOpen && !isEnd) {
        this.#pending = text.slice(stop);
        break;
      }
      const isMeant = read !== null && read !== 'incomplete' && !(isTicked && text.charAt(end) === '`');
      if (isMeant) this.#take(read.mark, text.slice(stop, end), output);
      else {
        this.#scan(text.charAt(stop));
        this.#pass(text.slice(stop, end), output);
      }
      at = end;
    }
    return output;
  }

  /** Returns the place where a mark may stand next; the end of the text where none may. */
  #nextStop(text: string, from: number): number {
    const isSaid = this.#mode === 'said';
    for (let at = from; at < text.length; at += 1) {
      // Outside of an object nothing else is of interest.
      if (this.#scanner === null || !isSaid) at = nextOf(isSaid ? markOrObject : anyMark, text, at);
      const char = text.charAt(at);
      if (char === '') break;
      if (isMarkStart(char) && !(isSaid && this.#scanner?.isInString === true)) return at;
      if (isSaid) this.#scan(char);
    }
    return text.length;
  }

  #scan(char: string): void {
    if (this.#scanner === null && char !== '{') return;
    this.#scanner ??= new JsonScanner();
    // A string that goes on in another line is a stray quotation mark more often than not.
    const isStray = char === '\n' && this.#scanner.isInString;
    if (isStray || this.#scanner.next(char) !== 'open') this.#scanner = null;
  }

  /** Takes in text that is no mark. */
  #pass(text: string, output: Output): void {
    if (text === '') return;
    this.#lastChar = text.charAt(text.length - 1);
    if (this.#mode === 'header') this.#readHeader(text, output);
    else if (this.#mode === 'said') this.#say(text, output);
  }

  #say(text: string, output: Output): void {
    const isBlank = text.trim() === '';
    if (isBlank && this.#tail !== '') {
      this.#tail += text;
      return;
    }
    output.text += this.#tail + text;
    this.#tail = '';
    this.#saysSomething ||= !isBlank;
  }

  /** A line ends the header in templates that have no mark for it. */
  #readHeader(text: string, output: Output): void {
    const newline = text.indexOf('\n');
    this.#header = (this.#header + text.slice(0, newline === -1 ? text.length : newline)).slice(
      0,
      longestHeader,
    );
    if (newline === -1) return;
    this.#endHeader(output);
    this.#pass(text.slice(newline + 1), output);
  }

  #take(mark: ModelMark, text: string, output: Output): void {
    this.#lastChar = text.charAt(text.length - 1);
    switch (this.#mode) {
      case 'said':
        this.#takeInAnswer(mark, text, output);
        return;
      case 'thought':
        this.#takeInThought(mark);
        return;
      case 'header':
        if (mark.kind === 'headerEnds') this.#endHeader(output);
        else this.#header += ' ';
        return;
      case 'over':
        // A channel of its own for the answer may follow the thoughts' end.
        if (mark.kind === 'header') this.#beginHeader();
    }
  }

  #takeInAnswer(mark: ModelMark, text: string, output: Output): void {
    this.#scanner = null;
    switch (mark.kind) {
      case 'opens':
        this.#mode = 'thought';
        this.#thought = mark.thought;
        return;
      case 'closes':
        this.#takeBack(output);
        return;
      case 'header':
        this.#beginHeader();
        return;
      case 'headerEnds':
        return;
      case 'token':
        if (this.#saysSomething) this.#mode = 'over';
        return;
      case 'wrapper':
        if (this.#saysSomething) this.#tail += text;
        return;
      case 'call':
        if (this.#saysSomething) this.#say('\n', output);
    }
  }

  #takeInThought(mark: ModelMark): void {
    if (this.#thought === channel) {
      if (mark.kind === 'header') this.#beginHeader();
      else if (mark.kind === 'token') this.#endThought();
    } else if (mark.kind === 'closes' && mark.thought === this.#thought) {
      this.#endThought();
    } else if (mark.kind === 'opens' && mark.thought === this.#thought) {
      this.#isNested = true;
    }
  }

  #endThought(): void {
    this.#mode = 'said';
    this.#hasOwnMarks = true;
    this.#lastChar = '';
  }

  #beginHeader(): void {
    this.#mode = 'header';
    this.#header = '';
  }

  /** Only a channel that is called final is the answer's; a header without a channel says whose message it is. */
  #endHeader(output: Output): void {
    const words = this.#header.toLowerCase().split(/\s+/).filter(Boolean);
    const isThought = words.some((word) => word === 'analysis' || word === 'commentary');
    const isOther = words.some((word) => word === 'user' || word === 'system' || word === 'tool');
    if (isThought) {
      this.#mode = 'thought';
      this.#thought = channel;
    } else if (isOther && this.#saysSomething) {
      this.#mode = 'over';
    } else {
      this.#mode = 'said';
      if (words.includes('final') && this.#saysSomething) this.#takeBack(output);
    }
  }

  #takeBack(output: Output): void {
    output.text = '';
    output.isTakenBack = true;
    this.#tail = '';
    this.#saysSomething = false;
    this.#scanner = null;
  }
}

// A bracket that no mark begins with is passed over at once: a text may be full of them.
const anyMark = /<(?=[\s/|｜a-z]|$)|\[(?=[/t]|$)|◁(?=[/t]|$)/gi;
const markOrObject = /\{|<(?=[\s/|｜a-z]|$)|\[(?=[/t]|$)|◁(?=[/t]|$)/gi;

function nextOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** Returns a whole text without its thoughts. */
export function withoutThoughts(text: string): string {
  const filter = new ThoughtFilter();
  const said = filter.append(text);
  const rest = filter.finish();
  return rest.isTakenBack ? rest.text : said.text + rest.text;
}
