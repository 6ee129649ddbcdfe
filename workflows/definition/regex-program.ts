/**
 * A regular expression as a program; `patternSteps` counts the ways through it. The program may accept more than the
 * expression (it assumes that a word boundary or a lookahead holds), never less.
 */
export type Instruction =
  | { readonly kind: 'char'; readonly id: number; readonly atom: number; readonly next: Instruction }
  | { readonly kind: 'either'; readonly ways: readonly Instruction[] }
  | Loop
  | { readonly kind: 'edge'; readonly at: Edge; readonly next: Instruction }
  | { readonly kind: 'ahead'; readonly body: Instruction; readonly next: Instruction }
  | { readonly kind: 'matched' }
  | { readonly kind: 'looked' };

/** An unbounded repeat. Its body leads back to it. */
interface Loop {
  readonly kind: 'loop';
  readonly isLazy: boolean;
  body: Instruction;
  readonly next: Instruction;
}

type Edge = 'start' | 'end' | 'word';

type Expression =
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly of: Expression; readonly times: Times }
  | { readonly kind: 'edge'; readonly at: Edge }
  | { readonly kind: 'ahead'; readonly of: Expression };

interface Times {
  readonly min: number;
  readonly max: number;
  readonly isLazy: boolean;
}

export interface RegexProgram {
  readonly start: Instruction;
  /** Sources of the parts that read one character: `a`, `\d`, `[a-z]`. */
  readonly atoms: readonly string[];
  readonly instructions: number;
}

/** The ways of an expression can't be counted. */
export class Uncountable extends Error {}

/**
 * Compiles a valid regular expression.
 * @param mostInstructions bound of the program's length: `{2,1000}` is written out
 * @throws Uncountable for a backreference, a lookbehind, inline flags, and a program that is too long
 */
export function compileRegex(source: string, flags: string, mostInstructions: number): RegexProgram {
  const expression = new Reader(source, flags).read();
  const linker = new Linker(mostInstructions);
  const start = linker.link(expression, { kind: 'matched' });
  return { start, atoms: [...linker.atoms.keys()], instructions: linker.size };
}

/** Parses an expression that `new RegExp` has accepted. */
class Reader {
  readonly #source: string;
  readonly #atom: RegExp;
  #at = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#atom = /[uv]/.test(flags) ? unicodeAtom : plainAtom;
    // With the flag v a class may hold classes, and an atom may read several characters.
    if (flags.includes('v') && nestedClass.test(source)) throw new Uncountable('a class within a class');
  }

  read(): Expression {
    const expression = this.#choice();
    if (this.#at < this.#source.length) throw new Uncountable('a bracket too many');
    return expression;
  }

  #choice(): Expression {
    const options = [this.#sequence()];
    while (this.#take(/\|/y) !== null) options.push(this.#sequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source.charAt(this.#at))) {
      const term = this.#term();
      const times = this.#times();
      parts.push(times === null ? term : { kind: 'repeat', of: term, times });
    }
    return { kind: 'sequence', parts };
  }

  #term(): Expression {
    if (this.#take(/\^/y) !== null) return { kind: 'edge', at: 'start' };
    if (this.#take(/\$/y) !== null) return { kind: 'edge', at: 'end' };
    if (this.#take(/\\[bB]/y) !== null) return { kind: 'edge', at: 'word' };
    if (this.#take(/\(\?[=!]/y) !== null) return { kind: 'ahead', of: this.#group() };
    if (this.#take(/\((?:\?(?::|<[^=!>][^>]*>))?(?!\?)/y) !== null) return this.#group();
    if (this.#take(/\(/y) !== null) throw new Uncountable('a lookbehind, or flags within');
    if (this.#take(/\\(?:[1-9]|k<)/y) !== null) throw new Uncountable('a backreference');
    const atom = this.#take(this.#atom);
    if (atom === null) throw new Uncountable('something that is not known here');
    return { kind: 'atom', source: atom };
  }

  #group(): Expression {
    const expression = this.#choice();
    if (this.#take(/\)/y) === null) throw new Uncountable('a bracket too few');
    return expression;
  }

  #times(): Times | null {
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y);
    if (quantifier === null) return null;
    const isLazy = quantifier.length > 1 && quantifier.endsWith('?');
    switch (quantifier.charAt(0)) {
      case '*':
        return { min: 0, max: Infinity, isLazy };
      case '+':
        return { min: 1, max: Infinity, isLazy };
      case '?':
        return { min: 0, max: 1, isLazy };
      default: {
        const [min = '', max] = quantifier.replace(/[{}?]/g, '').split(',');
        if (max === undefined) return { min: Number(min), max: Number(min), isLazy };
        return { min: Number(min), max: max === '' ? Infinity : Number(max), isLazy };
      }
    }
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

const characterClass = String.raw`\[(?:\\[^]|[^\]\\])*\]`;
const code = String.raw`x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]`;
const surrogates = String.raw`u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`;
const plainEscape = String.raw`\\(?:${code}|0[0-7]{0,2}|[^c])`;
const unicodeEscape = String.raw`\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|${surrogates}|${code}|[^c])`;
const plainAtom = new RegExp(String.raw`${characterClass}|${plainEscape}|[^\\[]`, 'y');
const unicodeAtom = new RegExp(String.raw`${characterClass}|${unicodeEscape}|[^\\[]`, 'uy');
const nestedClass = /\[(?:\\[^]|[^\]\\])*\[|\\q\{|\\p\{(?:RGI_|Basic_Emoji|Emoji_Keycap)/;

/** Links the parsed expression from its end to its start: each instruction points to its successor. */
class Linker {
  readonly atoms = new Map<string, number>();
  readonly #most: number;
  size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  link(expression: Expression, next: Instruction): Instruction {
    this.size += 1;
    if (this.size > this.#most) throw new Uncountable('a repeat of too many times');
    switch (expression.kind) {
      case 'atom':
        return { kind: 'char', id: this.size, atom: this.#atom(expression.source), next };
      case 'sequence':
        return expression.parts.reduceRight((after, part) => this.link(part, after), next);
      case 'choice':
        return { kind: 'either', ways: expression.options.map((option) => this.link(option, next)) };
      case 'edge':
        return { kind: 'edge', at: expression.at, next };
      case 'ahead':
        return { kind: 'ahead', body: this.link(expression.of, { kind: 'looked' }), next };
      case 'repeat':
        return this.#repeat(expression.of, expression.times, next);
    }
  }

  #repeat(body: Expression, { min, max, isLazy }: Times, next: Instruction): Instruction {
    let after = next;
    if (max === Infinity) {
      const loop: Loop = { kind: 'loop', isLazy, body: next, next };
      loop.body = this.link(body, loop);
      after = loop;
    } else {
      for (let times = min; times < max; times += 1) {
        const once = this.link(body, after);
        after = { kind: 'either', ways: isLazy ? [next, once] : [once, next] };
      }
    }
    for (let times = 0; times < min; times += 1) after = this.link(body, after);
    return after;
  }

  #atom(source: string): number {
    const known = this.atoms.get(source) ?? this.atoms.size;
    this.atoms.set(source, known);
    return known;
  }
}
