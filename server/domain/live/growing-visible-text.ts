import { readContractText } from '../contract.ts';
import { mayBecomeFence, readFence } from '../fenced-blocks.ts';
import { limits } from '../limits.ts';
import { isWholeObject } from '../normalize/visible-text.ts';
import { TrimmedText } from './trimmed-text.ts';

/** A `json` block that is still open. */
interface OpenBlock {
  /** Everything from its opening fence on, as long as it is held back. */
  held: string;
  readonly contentStart: number;
  /** It is too long to be the contract: it is shown like any text. */
  isShown: boolean;
}

/**
 * What may be shown of a text that is still growing: what is certain to be in the message in the end. A `json` block is
 * held back until it closes and is not the contract, a text that may be one JSON object until it ends; nothing that
 * was shown is ever taken back. What it shows in all is `visibleText` of the whole. Linear in the text's length.
 */
export class GrowingVisibleText {
  readonly #shown = new TrimmedText(limits.messageChars);
  /** The text from its start on, while it may still be one JSON object. */
  #start: string | null = '';
  #startKind: 'blank' | 'brace' | 'object' = 'blank';
  #block: OpenBlock | null = null;
  /** The line that is being written, while it may still become a fence. */
  #line = '';
  #isPlainLine = false;

  /** Answers what is newly visible. */
  append(text: string): string {
    return this.#readStart(text)
      .map((released) => this.#readLines(released))
      .join('');
  }

  /** Answers what becomes visible because nothing more comes. */
  finish(): string {
    const start = this.#start ?? '';
    this.#start = null;
    const isContract = isWholeObject(start) && readContractText(start).kind === 'contract';
    const released = isContract ? '' : this.#readLines(start);
    return released + this.#finishLine() + this.#shown.finish();
  }

  /** Holds back what may be one JSON object, and answers what is no longer held. */
  #readStart(text: string): string[] {
    if (this.#start === null) return [text];
    this.#start += text;
    if (this.#start.length <= limits.structureChars && this.#mayBeObject(text)) return [];
    const released = this.#start;
    this.#start = null;
    return [released];
  }

  #mayBeObject(text: string): boolean {
    let rest = text;
    if (this.#startKind === 'blank') {
      rest = rest.trimStart();
      if (rest === '') return true;
      if (!rest.startsWith('{')) return false;
      this.#startKind = 'brace';
      rest = rest.slice(1);
    }
    if (this.#startKind === 'brace') {
      rest = rest.trimStart();
      if (rest === '') return true;
      // What follows the brace in JSON: "{name}, hello" is a text.
      if (!/^["}]/.test(rest)) return false;
      this.#startKind = 'object';
    }
    return true;
  }

  #readLines(text: string): string {
    let visible = '';
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline + 1;
      visible += this.#readLinePart(text.slice(at, end), newline !== -1);
      at = end;
    }
    return visible;
  }

  #readLinePart(part: string, isEnd: boolean): string {
    if (this.#isPlainLine) {
      this.#isPlainLine = !isEnd;
      return this.#say(part);
    }
    this.#line += part;
    if (!isEnd && mayBecomeFence(this.#line)) return '';
    const line = this.#line;
    this.#line = '';
    this.#isPlainLine = !isEnd;
    return this.#readLine(line, isEnd ? readFence(line.slice(0, -1)) : null);
  }

  #readLine(line: string, fence: 'opening' | 'closing' | null): string {
    if (fence === 'opening') {
      const before = this.#endBlock('');
      this.#block = { held: line, contentStart: line.length, isShown: false };
      return before;
    }
    return fence === 'closing' && this.#block !== null ? this.#endBlock(line) : this.#say(line);
  }

  #finishLine(): string {
    const line = this.#line;
    this.#line = '';
    const fence = readFence(line);
    // An opening fence that nothing follows opens nothing.
    if (fence === 'opening') return this.#endBlock('') + this.#say(line);
    return fence === 'closing' && this.#block !== null
      ? this.#endBlock(line)
      : this.#say(line) + this.#endBlock('');
  }

  /** Shows the block that is open, unless it was the contract. */
  #endBlock(closing: string): string {
    const block = this.#block;
    this.#block = null;
    if (block === null) return '';
    if (block.isShown) return this.#shown.append(closing);
    const isContract = readContractText(block.held.slice(block.contentStart)).kind === 'contract';
    return isContract ? '' : this.#shown.append(block.held + closing);
  }

  #say(text: string): string {
    const block = this.#block;
    if (block === null || block.isShown) return this.#shown.append(text);
    block.held += text;
    if (block.held.length - block.contentStart <= limits.structureChars) return '';
    block.isShown = true;
    return this.#shown.append(block.held);
  }
}
