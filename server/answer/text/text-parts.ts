import {
  isContractLike,
  looksLikeContract,
  malformedText,
  readContractsText,
} from '../structure/agent-contract.ts';
import type { ContractReading } from '../structure/agent-contract.ts';
import { limits } from '../../domain/limits.ts';
import { closesFence, mayBecomeFence, readFence } from './fences.ts';
import type { Fence } from './fences.ts';
import { JsonScanner } from './json-scanner.ts';

/** A piece of a text: words, or something that may be structure. */
export interface TextPart {
  /** The words that the person sees. */
  readonly words: string;
  /** The contracts in it; empty for words. */
  readonly readings: readonly ContractReading[];
  /** True for the content of a fenced block. */
  readonly isBlock: boolean;
}

/** A fenced block that is still open. */
interface OpenBlock {
  readonly fence: Fence;
  readonly contentStart: number;
  /** Everything from its opening fence on; null once it is shown as the code that it is. */
  held: string | null;
  /** True while its content is nothing but blanks. */
  isBlank: boolean;
}

/** JSON that stands in the text without a block of its own. */
interface OpenObject {
  /** Backticks before it, maybe with the word `json`. */
  readonly ticks: string;
  readonly isOwnLine: boolean;
  readonly scanner: JsonScanner;
  held: string;
}

/** Characters after JSON that belong to it and are left out. */
type Trailing =
  /** The backticks that close those before it. */
  | { readonly kind: 'ticks'; readonly awaited: string; read: string }
  /** The rest of a contract that is no JSON, up to a blank line or a fence. */
  | { readonly kind: 'rest'; line: string; isFirstLine: boolean };

/**
 * Splits a growing text into the words that the person sees and the structure that the person does not see. Structure
 * is looked for in fenced blocks, and in JSON that stands in the text by itself. Other JSON on lines of its own is
 * hidden too, because nobody reads it. JSON in a block, or within a line, is something that the words are about, and
 * stays. Parts that were returned are never taken back. Linear in the text's length.
 */
export class TextParts {
  readonly #parts: TextPart[] = [];
  #block: OpenBlock | null = null;
  #object: OpenObject | null = null;
  #trailing: Trailing | null = null;
  /** The line that is being written, while it may still become a fence; null in the middle of a line. */
  #line: string | null = '';
  #isLineBlank = true;
  /** Backticks, and maybe a word, which JSON may follow. */
  #ticks = '';
  #faults = 0;

  append(text: string): readonly TextPart[] {
    this.#feed(text);
    return this.#parts.splice(0);
  }

  finish(): readonly TextPart[] {
    const line = this.#line;
    const block = this.#block;
    if (line !== null && block !== null && closesFence(line, block.fence)) {
      this.#endBlock(line);
    } else {
      // An opening fence that nothing follows opens nothing.
      if (line !== null) this.#feedInLine(line);
      this.#endObject('broken');
      this.#sayTicks();
      this.#endBlock('');
    }
    if (this.#trailing?.kind === 'ticks') this.#say(this.#trailing.read);
    this.#trailing = null;
    return this.#parts.splice(0);
  }

  #feed(text: string): void {
    for (let at = 0; at < text.length;) at = this.#read(text, at);
  }

  /** Reads on from a place, and returns how far it got. */
  #read(text: string, at: number): number {
    if (this.#object !== null) return this.#readObject(text, at, this.#object);
    if (this.#trailing?.kind === 'ticks') return this.#readClosingTicks(text, at, this.#trailing);
    if (this.#trailing?.kind === 'rest') return this.#readRest(text, at, this.#trailing);
    if (this.#line !== null) return this.#readLineStart(text, at, this.#line);
    const held = this.#block?.held ?? null;
    if (this.#block !== null && held !== null) return this.#readHeldLine(text, at, this.#block, held);
    return this.#ticks === '' ? this.#readWords(text, at) : this.#readTicks(text, at);
  }

  #readLineStart(text: string, at: number, before: string): number {
    if (before === '' && !fenceStarts.has(text.charAt(at))) {
      this.#feedInLine('');
      return at;
    }
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline + 1;
    const line = before + text.slice(at, Math.min(end, at + longestLine));
    if (newline === -1 && mayBecomeFence(line)) {
      this.#line = line;
      return end;
    }
    const fence = newline === -1 ? null : readFence(line.replace(/\r?\n$/, ''));
    if (fence !== null && this.#takeFence(fence, line)) return end;
    this.#feedInLine(before);
    return at;
  }

  /** Reads the beginning of a line that is no fence. */
  #feedInLine(text: string): void {
    this.#line = null;
    this.#isLineBlank = true;
    this.#feed(text);
  }

  /** Returns whether the line closes the block that is open, or opens one. */
  #takeFence(fence: Fence, line: string): boolean {
    if (this.#block !== null && closesFence(line.replace(/\r?\n$/, ''), this.#block.fence)) {
      this.#endBlock(line);
    } else if (this.#block === null || fence.isJson) {
      // One without an end ends where the next one with JSON opens, so that it cannot swallow a good one.
      this.#endBlock('');
      this.#block = { fence, held: line, contentStart: line.length, isBlank: true };
    } else {
      return false;
    }
    this.#line = '';
    return true;
  }

  /** A block that begins with a bracket is held back to its end, as it may be structure. Other content is shown. */
  #readHeldLine(text: string, at: number, block: OpenBlock, held: string): number {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, end);
    const blanks = line.length - line.trimStart().length;
    if (block.isBlank && blanks < line.length) {
      block.isBlank = false;
      if (!/[{[]/.test(line.charAt(blanks))) {
        this.#showBlock(block, held + line.slice(0, blanks));
        return at + blanks;
      }
    }
    block.held = held + line;
    if (newline !== -1) this.#line = '';
    return end;
  }

  /** Shows a block whose content is no JSON, from its fence on. */
  #showBlock(block: OpenBlock, held: string): void {
    block.held = null;
    this.#isLineBlank = false;
    this.#parts.push({
      words: held,
      readings: block.fence.isJson ? [malformedText('', notJson)] : [],
      isBlock: true,
    });
  }

  #readWords(text: string, at: number): number {
    stops.lastIndex = at;
    const stop = stops.exec(text)?.index ?? text.length;
    this.#sayInLine(text.slice(at, stop));
    switch (text.charAt(stop)) {
      case '':
        return stop;
      case '\n':
        this.#say('\n');
        this.#line = '';
        return stop + 1;
      case '`':
        this.#ticks = '`';
        return stop + 1;
      default:
        this.#beginObject('');
        return stop;
    }
  }

  #readTicks(text: string, at: number): number {
    const char = text.charAt(at);
    if (char === '{' || char === '[') {
      this.#beginObject(this.#ticks);
      this.#ticks = '';
      return at;
    }
    if (ticksBeforeJson.test(this.#ticks + char)) {
      this.#ticks += char;
      return at + 1;
    }
    this.#sayTicks();
    return at;
  }

  #sayTicks(): void {
    const ticks = this.#ticks;
    this.#ticks = '';
    this.#sayInLine(ticks);
  }

  #beginObject(ticks: string): void {
    const isOwnLine = this.#isLineBlank && this.#block === null;
    this.#object = { ticks, isOwnLine, scanner: new JsonScanner(), held: '' };
  }

  #readObject(text: string, from: number, object: OpenObject): number {
    for (let at = from; at < text.length; at += 1) {
      const state = object.scanner.next(text.charAt(at));
      if (state === 'open') continue;
      const end = state === 'ended' || state === 'fence' ? at + 1 : at;
      object.held += text.slice(from, end);
      if (state === 'fence') this.#endAtFence(object);
      else if (state === 'none') this.#sayNoObject(object);
      else this.#endObject(state);
      return end;
    }
    object.held += text.slice(from);
    return text.length;
  }

  #endAtFence(object: OpenObject): void {
    const { held, scanner } = object;
    const lineStart = held.length - scanner.fenceChars;
    object.held = held.slice(0, lineStart);
    this.#endObject('broken');
    this.#trailing = null;
    this.#line = '';
    this.#feed(held.slice(lineStart));
  }

  /** A bracket that begins no JSON: what follows it is read like any text. */
  #sayNoObject({ ticks, held }: OpenObject): void {
    this.#object = null;
    this.#sayInLine(ticks + held.charAt(0));
    this.#feed(held.slice(1));
  }

  #endObject(how: 'ended' | 'broken'): void {
    const object = this.#object;
    this.#object = null;
    if (object === null) return;
    const { ticks, held, isOwnLine } = object;
    const isBroken = how === 'broken';
    const readings = isBroken || this.#isHopeless ? [malformedText(held, notJson)] : readContractsText(held);
    this.#noteFaults(readings);
    const isMeant =
      (isBroken || readings.some(isContractLike)) &&
      (looksLikeContract(held) || readings.some(({ kind }) => kind === 'contract'));
    const isData = isOwnLine && (!isBroken || namedValue.test(held));
    if (!isMeant && !isData) {
      this.#sayInLine(ticks + held);
      return;
    }
    this.#parts.push({ words: '', readings, isBlock: false });
    if (isBroken) this.#trailing = { kind: 'rest', line: '', isFirstLine: true };
    else if (ticks !== '')
      this.#trailing = { kind: 'ticks', awaited: ticks.replace(/[^`].*$/s, ''), read: '' };
  }

  #readClosingTicks(text: string, at: number, trailing: Extract<Trailing, { kind: 'ticks' }>): number {
    const char = text.charAt(at);
    const read = trailing.read + char;
    if (trailing.awaited.startsWith(read.trimStart())) {
      trailing.read = read;
      if (trailing.awaited === read.trimStart()) this.#trailing = null;
      return at + 1;
    }
    this.#trailing = null;
    this.#feed(trailing.read);
    return at;
  }

  #readRest(text: string, at: number, trailing: Extract<Trailing, { kind: 'rest' }>): number {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline + 1;
    trailing.line += text.slice(at, Math.min(end, at + longestLine));
    if (newline === -1) return end;
    const line = trailing.line.replace(/\r?\n$/, '');
    const isOver = !trailing.isFirstLine && line.trim() === '';
    trailing.line = '';
    trailing.isFirstLine = false;
    if (!isOver && readFence(line) === null) return end;
    this.#trailing = null;
    this.#line = '';
    this.#feed(`${line}\n`);
    return end;
  }

  /** Shows the block that is open, unless it was structure. */
  #endBlock(closing: string): void {
    const block = this.#block;
    this.#block = null;
    if (block === null) return;
    const { fence, held, contentStart } = block;
    if (held === null) {
      this.#say(closing);
      return;
    }
    const content = held.slice(contentStart);
    const readings = this.#isHopeless ? [] : readingsOfBlock(content);
    this.#noteFaults(readings);
    const isHidden =
      readings.some(({ kind }) => kind === 'contract') ||
      (readings.some(isContractLike) && looksLikeContract(content));
    this.#parts.push({
      words: isHidden ? '' : held + closing,
      readings: fence.isJson || isHidden ? readings : [],
      isBlock: true,
    });
  }

  /** True after so many faults that nobody made them by mistake. */
  get #isHopeless(): boolean {
    return this.#faults >= limits.structureFaults;
  }

  #noteFaults(readings: readonly ContractReading[]): void {
    if (readings.some(({ kind }) => kind === 'malformed')) this.#faults += 1;
  }

  #sayInLine(text: string): void {
    if (text.trim() !== '') this.#isLineBlank = false;
    this.#say(text);
  }

  #say(words: string): void {
    // Words are one part up to the next structure, since a text may have very many lines.
    const last = words === '' ? undefined : this.#parts.at(-1);
    const before = last?.readings.length === 0 && !last.isBlock ? (this.#parts.pop()?.words ?? '') : '';
    if (words !== '') this.#parts.push({ words: before + words, readings: [], isBlock: false });
  }
}

/** The first name of an object, and that a value follows; or that it breaks off before that. */
const namedValue = /^[[{\s]*(?:"[^"\n]*(?:$|"\s*:)|'[^'\n]*'\s*:)/;
const fenceStarts: ReadonlySet<string> = new Set([' ', '`', '~']);
const notJson = 'is not valid JSON';
// A bracket that begins no JSON is a word at once: a text may be full of them.
const stops =
  /[\n`]|\{(?=[ \n\r\t\u00a0]*(?:["'}/a-z_]|$))|\[(?=[ \n\r\t\u00a0]*(?:\{[ \n\r\t\u00a0]*(?:["'}/a-z_]|$)|$))/gi;
const ticksBeforeJson = /^`{1,40}(?:[ \t]{0,8}(?:j|js|jso|json[5c]?)?)?[ \t\n]{0,8}$/i;
/** So much of a line is enough to see that it is no fence. */
const longestLine = 64;

/** The content is JSON as a whole, or has JSON in it that stands by itself: the same object twice, say. */
function readingsOfBlock(content: string): readonly ContractReading[] {
  if (content.trim() === '') return [malformedText('', notJson)];
  const whole = readContractsText(content);
  if (!whole.some(({ kind }) => kind === 'malformed')) return whole;
  const parts = new TextParts();
  const within = [...parts.append(content), ...parts.finish()].flatMap(({ readings }) => readings);
  return within.some(({ kind }) => kind === 'contract') ? within : whole;
}
