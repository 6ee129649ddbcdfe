/** A scanner's verdict on the text so far. */
export type ScanState =
  /** It may be JSON, and is not at its end. */
  | 'open'
  /** It is a whole object or list, as far as its brackets say. */
  | 'ended'
  /** It never was JSON: `{name}, hello`. */
  | 'none'
  /** It began as JSON, and cannot go on as such. */
  | 'broken'
  /** The same, where a fence begins on a line of its own: `fenceChars` were taken since the line began. */
  | 'fence';

const literals: ReadonlySet<string> = new Set(['true', 'false', 'null', 'True', 'False', 'None', 'NaN']);
const longestWord = 64;

/**
 * Follows an object, or a list of objects, through a text character by character, to find where it ends. Knows no more
 * of JSON than that takes. A fence ends it, so that something unfinished swallows nothing that follows.
 */
export class JsonScanner {
  #depth = 0;
  #isList = false;
  #phase: 'head' | 'name' | 'body' | 'string' | 'escape' = 'head';
  /** JavaScript's and Python's strings have other quotation marks. */
  #quote = '"';
  #word = '';
  #comment: 'none' | 'slash' | 'line' | 'block' | 'star' = 'none';
  /** Backticks or tildes at the start of a line, and the blanks before them; null in the middle of a line. */
  #lineStart: string | null = null;

  get isInString(): boolean {
    return this.#phase === 'string' || this.#phase === 'escape';
  }

  /** Characters of the line that a fence begins. */
  get fenceChars(): number {
    return this.#lineStart?.length ?? 0;
  }

  next(char: string): ScanState {
    if (this.#isFence(char)) return this.#phase === 'head' ? 'none' : 'fence';
    switch (this.#phase) {
      case 'escape':
        this.#phase = 'string';
        return 'open';
      case 'string':
        if (char === this.#quote) this.#phase = 'body';
        else if (char === '\\') this.#phase = 'escape';
        return 'open';
      case 'head':
        return this.#head(char);
      case 'name':
        return this.#name(char);
      case 'body':
        return this.#body(char);
    }
  }

  #isFence(char: string): boolean {
    if (char === '\n') {
      this.#lineStart = '';
      return false;
    }
    if (this.#lineStart === null) return false;
    this.#lineStart += char;
    if (/^ {0,3}(?:```|~~~)$/.test(this.#lineStart)) return true;
    if (!/^ {0,3}(?:`{0,2}|~{0,2})$/.test(this.#lineStart)) this.#lineStart = null;
    return false;
  }

  /** Decides by the first character inside: in an object a name or its end, in a list an object. */
  #head(char: string): ScanState {
    if (isBlank(char)) return 'open';
    if (this.#depth === 0) {
      this.#depth = 1;
      this.#isList = char === '[';
      return 'open';
    }
    if (char === '{') {
      if (!this.#isList) return 'none';
      this.#isList = false;
      this.#depth += 1;
      return 'open';
    }
    if (this.#isList) return 'none';
    if (char === '"' || char === "'") return this.#beginString(char);
    if (/[A-Za-z_]/.test(char)) {
      this.#phase = 'name';
      return 'open';
    }
    if (char === '/') {
      this.#phase = 'body';
      this.#comment = 'slash';
      return 'open';
    }
    if (char !== '}') return 'none';
    this.#phase = 'body';
    return this.#close();
  }

  #beginString(quote: string): ScanState {
    this.#quote = quote;
    this.#phase = 'string';
    return 'open';
  }

  /** A first name without quotation marks, as in JavaScript: with a colon it is one. */
  #name(char: string): ScanState {
    if (char === ':') this.#phase = 'body';
    else if (!/[\w\- ]/.test(char) || this.#word.length > longestWord) return 'none';
    this.#word = char === ':' ? '' : this.#word + char;
    return 'open';
  }

  #body(char: string): ScanState {
    if (this.#comment !== 'none') return this.#inComment(char);
    if (/[A-Za-z_]/.test(char)) {
      this.#word += char;
      return this.#word.length > longestWord ? 'broken' : 'open';
    }
    const word = this.#word;
    // A name without quotation marks may have digits, and blanks before its colon.
    if (word !== '' && (/[\d-]/.test(char) || isBlank(char))) return 'open';
    this.#word = '';
    // Of a number there may be an exponent's letter.
    if (word !== '' && char !== ':' && !literals.has(word) && !/^e$/i.test(word)) return 'broken';
    switch (char) {
      case '"':
      case "'":
        return this.#beginString(char);
      case '{':
      case '[':
      case '(':
        this.#depth += 1;
        return 'open';
      case '}':
      case ']':
      case ')':
        return this.#close();
      case '/':
        this.#comment = 'slash';
        return 'open';
      default:
        // Of a fence that is not complete yet; `#isFence` has the last word on it.
        if (this.#lineStart !== null && /[`~]/.test(char)) return 'open';
        return isBlank(char) || /[\d,:.+-]/.test(char) ? 'open' : 'broken';
    }
  }

  #close(): ScanState {
    this.#depth -= 1;
    return this.#depth === 0 ? 'ended' : 'open';
  }

  #inComment(char: string): ScanState {
    switch (this.#comment) {
      case 'slash':
        if (char !== '/' && char !== '*') return 'broken';
        this.#comment = char === '/' ? 'line' : 'block';
        return 'open';
      case 'line':
        if (char === '\n') this.#comment = 'none';
        return 'open';
      case 'block':
        if (char === '*') this.#comment = 'star';
        return 'open';
      case 'star':
        if (char !== '*') this.#comment = char === '/' ? 'none' : 'block';
        return 'open';
      case 'none':
        return 'open';
    }
  }
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t' || char === '\u00a0';
}
