/** The text before the prompt's text if the prompt comes first, as the schema has it; without blanks. */
const beginnings = ['{"prompt":"', '[{"prompt":"'];
/** The first two characters of an answer in JSON, without blanks. */
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

/** Reads the `prompt` of an answer in JSON while the answer grows. It ignores everything after the prompt. Linear. */
export class PromptReader {
  #state: 'before' | 'within' | 'escape' | 'over' = 'before';
  #isJson: boolean | null = null;
  /** The beginning of the answer, without blanks except those in a name. */
  #head = '';
  /** The characters of an unfinished escape: `u00e`. */
  #escape = '';

  /** True if the answer begins as JSON; null until that is known. */
  get isJson(): boolean | null {
    return this.#isJson;
  }

  /** Reads the next text of the answer. Returns the characters that it adds to the prompt. */
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
    // The answer is no JSON after all, so this escape adds nothing.
    if (known === undefined) this.#state = 'over';
    return known ?? '';
  }
}

const special = /["\\]/g;
