/** What stands before the prompt's text where the prompt comes first, as the schema has it; blanks left out. */
const beginnings = ['{"prompt":"', '[{"prompt":"'];
/** What an answer in JSON begins with. */
const jsonStarts: ReadonlySet<string> = new Set(['{"', '{{', '["', '[{']);

const escapes: ReadonlyMap<string, string> = new Map([
  ...['"', '\\', '/'].map((char) => [char, char] as const),
  ...([
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
  ] as const),
]);

/** Reads the `prompt` of an answer in JSON while it grows. What follows its text is not looked at. Linear. */
export class PromptReader {
  #state: 'before' | 'within' | 'escape' | 'over' = 'before';
  #isJson: boolean | null = null;
  /** The beginning, without blanks but those in a name. */
  #head = '';
  /** What an escape has come to so far: `u00e`. */
  #escape = '';

  /** Whether the answer begins as JSON; null until that is known. */
  get isJson(): boolean | null {
    return this.#isJson;
  }

  /** Returns what is newly known of the prompt. */
  append(text: string): string {
    let prompt = '';
    for (let at = 0; at < text.length && this.#state !== 'over';) {
      if (this.#state !== 'within') {
        prompt += this.#read(text.charAt(at));
        at += 1;
        continue;
      }
      special.lastIndex = at;
      const stop = special.exec(text)?.index ?? text.length;
      prompt += text.slice(at, stop);
      if (text.charAt(stop) === '"') this.#state = 'over';
      else if (stop < text.length) this.#state = 'escape';
      at = stop + 1;
    }
    return prompt;
  }

  #read(char: string): string {
    if (this.#state === 'escape') return this.#readEscape(char);
    const isInName = this.#head.split('"').length % 2 === 0;
    if (!isInName && /[\s\u00a0\ufeff]/.test(char)) return '';
    this.#head += char;
    this.#isJson ??= this.#startsAsJson();
    if (beginnings.includes(this.#head)) this.#state = 'within';
    else if (!beginnings.some((beginning) => beginning.startsWith(this.#head))) this.#state = 'over';
    return '';
  }

  #startsAsJson(): boolean | null {
    if (this.#head.length > 1) return jsonStarts.has(this.#head);
    return this.#head === '{' || this.#head === '[' ? null : false;
  }

  #readEscape(char: string): string {
    this.#escape += char;
    const isUnicode = this.#escape.startsWith('u');
    if (isUnicode && /^u[\da-f]{0,3}$/i.test(this.#escape)) return '';
    const escape = this.#escape;
    this.#escape = '';
    this.#state = 'within';
    if (isUnicode && /^u[\da-f]{4}$/i.test(escape)) return String.fromCharCode(parseInt(escape.slice(1), 16));
    const known = escapes.get(escape);
    // No JSON after all: nothing of it counts.
    if (known === undefined) this.#state = 'over';
    return known ?? '';
  }
}

const special = /["\\]/g;
