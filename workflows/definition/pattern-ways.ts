import { compileRegex, Uncountable } from './regex-program.ts';
import type { Instruction } from './regex-program.ts';

/** The steps left for judging patterns. Patterns that share a budget can't take longer by being many or long. */
export interface JudgingBudget {
  left: number;
}

type CharInstruction = Extract<Instruction, { kind: 'char' }>;

/** One way through the expression, waiting at an instruction that reads a character. */
export interface Way {
  readonly at: CharInstruction;
  /** False after an assertion that is only assumed to hold, so that a match at the end may be none. */
  readonly isCertain: boolean;
}

/** The assertions and loops that a way has passed since the last character. */
interface Passage {
  readonly isCertain: boolean;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** Loops that the way has entered: ECMAScript ends an iteration that reads nothing. */
  readonly entered: readonly Instruction[];
}

const fresh: Passage = { isCertain: true, isAtStart: false, isAtEnd: false, entered: [] };

const mostInstructions = 10_000;

interface Judging {
  readonly budget: JudgingBudget;
  /** Most steps of the budget for this expression. */
  readonly most: number;
  /** Most steps between two characters; the count stops there. */
  readonly mostStepsPerChar: number;
}

/** The ways that a backtracking engine takes through a regular expression, from one character to the next. */
export class PatternWays {
  /** For each kind of character: by atom, whether the atom reads it. */
  readonly characters: readonly (readonly boolean[])[];
  /** True unless the flag `y` binds a match to the start. */
  readonly isSearching: boolean;
  /** Steps since the caller last set this to 0. */
  steps = 0;
  readonly #start: Instruction;
  readonly #isMultiline: boolean;
  readonly #budget: JudgingBudget;
  readonly #mostStepsPerChar: number;
  #leftHere: number;

  /** @throws Uncountable, as do all methods, if the ways can't be counted within the budget */
  constructor(source: string, flags: string, { budget, most, mostStepsPerChar }: Judging) {
    this.#budget = budget;
    this.#mostStepsPerChar = mostStepsPerChar;
    this.#leftHere = Math.min(most, budget.left);
    this.isSearching = !flags.includes('y');
    this.#isMultiline = flags.includes('m');
    const program = compileRegex(source, flags, Math.min(mostInstructions, this.#leftHere));
    this.spend(program.instructions + source.length);
    this.#start = program.start;
    this.characters = charactersOf(program.atoms, flags, (tests) => this.spend(tests));
  }

  /** Adds the ways that begin at a character; returns true if the expression matches without reading one. */
  begin(ways: Way[], isAtStart: boolean): boolean {
    return this.#follow(this.#start, { ...fresh, isAtStart }, ways);
  }

  /** Adds the ways that follow once `way` has read its character; returns true at a match. */
  goOn({ at, isCertain }: Way, ways: Way[]): boolean {
    return this.#follow(at.next, { ...fresh, isCertain }, ways);
  }

  step(): void {
    this.steps += 1;
    if (this.steps > this.#mostStepsPerChar) throw new Uncountable('more and more ways');
    this.spend(1);
  }

  spend(steps: number): void {
    this.#budget.left -= steps;
    this.#leftHere -= steps;
    if (this.#leftHere < 0) throw new Uncountable('too many situations');
  }

  /** Follows instructions up to those that read a character; returns true at a certain match. */
  #follow(instruction: Instruction, passage: Passage, ways: Way[]): boolean {
    this.step();
    switch (instruction.kind) {
      case 'char':
        if (!passage.isAtEnd) ways.push({ at: instruction, isCertain: passage.isCertain });
        return false;
      case 'either':
        return instruction.ways.some((way) => this.#follow(way, passage, ways));
      case 'loop': {
        if (passage.entered.includes(instruction)) return false;
        const once = { ...passage, entered: [...passage.entered, instruction] };
        const { body, next, isLazy } = instruction;
        if (isLazy) return this.#follow(next, passage, ways) || this.#follow(body, once, ways);
        return this.#follow(body, once, ways) || this.#follow(next, passage, ways);
      }
      case 'edge':
        return this.#pass(instruction, passage, ways);
      case 'ahead': {
        const unsure = { ...passage, isCertain: false };
        this.#follow(instruction.body, unsure, ways);
        return this.#follow(instruction.next, unsure, ways);
      }
      case 'matched':
        return passage.isCertain && !passage.isAtEnd;
      case 'looked':
        return false;
    }
  }

  #pass({ at, next }: Extract<Instruction, { kind: 'edge' }>, passage: Passage, ways: Way[]): boolean {
    if (at === 'word' || this.#isMultiline) return this.#follow(next, { ...passage, isCertain: false }, ways);
    if (at === 'end') return this.#follow(next, { ...passage, isAtEnd: true }, ways);
    return passage.isAtStart && this.#follow(next, passage, ways);
  }
}

/**
 * Finds the kinds of characters that the atoms of a regular expression (`a`, `\d`, `[a-z]`) tell apart, and the atoms
 * that read each kind. One character of a kind stands for all of them.
 * @param spend called with the number of tests before they run
 */
function charactersOf(
  atoms: readonly string[],
  flags: string,
  spend: (tests: number) => void,
): (readonly boolean[])[] {
  const isUnicode = /[uv]/.test(flags);
  const flagsOfAtoms = flags.replace(/[gmyd]/g, '');
  const tests = atoms.map((atom) => new RegExp(`^(?:${atom})$`, flagsOfAtoms));
  // Case folding and properties such as \p{L} change anywhere; other atoms only next to characters that the source
  // names.
  const isScattered = /[iv]/.test(flags) || (isUnicode && atoms.some((atom) => /\\[pP]\{/.test(atom)));
  const candidates = isScattered ? changes(atoms, flagsOfAtoms) : namedCharacters(atoms, isUnicode);
  spend(candidates.length * tests.length);
  const kinds = new Map<string, readonly boolean[]>();
  for (const code of candidates) {
    const character = isUnicode ? String.fromCodePoint(code) : String.fromCharCode(code);
    const readBy = tests.map((test) => test.test(character));
    const name = readBy.map(Number).join('');
    if (!kinds.has(name)) kinds.set(name, readBy);
  }
  return [...kinds.values()];
}

const lastUnit = 0xffff;
const lastCodePoint = 0x10ffff;

/** The characters of `everyCharacter` at which an atom begins or ends to match. */
function changes(atoms: readonly string[], flags: string): number[] {
  const isUnicode = /[uv]/.test(flags);
  const characters = everyCharacter(isUnicode);
  const found = new Set([0]);
  for (const atom of atoms) {
    for (const { index, 0: run } of characters.matchAll(new RegExp(`(?:${atom})+`, `${flags}g`))) {
      for (const at of [index, index + run.length]) {
        const code = isUnicode ? characters.codePointAt(at) : characters.charCodeAt(at);
        if (code !== undefined && !Number.isNaN(code)) found.add(code);
      }
    }
  }
  return [...found];
}

const textOfCharacters = new Map<boolean, string>();

/** All characters of the first plane in order, and every 61st of the others: properties change there over long runs. */
function everyCharacter(isUnicode: boolean): string {
  const known = textOfCharacters.get(isUnicode);
  if (known !== undefined) return known;
  const units = Array.from({ length: lastUnit + 1 }, (_, code) => String.fromCharCode(code));
  for (let code = lastUnit + 1; isUnicode && code <= lastCodePoint; code += 61)
    units.push(String.fromCodePoint(code));
  const text = units.join('');
  textOfCharacters.set(isUnicode, text);
  return text;
}

/** The first and last characters of the ranges of `\d`, `\w`, `\s` and `.`. */
const bounds = [
  ...[0, 0x09, 0x0a, 0x0d, 0x20, 0x30, 0x39, 0x41, 0x5a, 0x5f, 0x61, 0x7a, 0xa0, 0x1680],
  ...[0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
];

/** The characters that a source names, the bounds of the classes, and the neighbours of both. */
function namedCharacters(atoms: readonly string[], isUnicode: boolean): number[] {
  const named = new Set(bounds);
  for (const atom of atoms) {
    for (const code of isUnicode ? codePoints(atom) : codeUnits(atom)) named.add(code);
    for (const [, hex, braced, octal, control] of atom.matchAll(escapedCode)) {
      if (octal !== undefined) named.add(parseInt(octal, 8));
      else if (control !== undefined) named.add(control.charCodeAt(0) % 32);
      else named.add(parseInt(hex ?? braced ?? '0', 16));
    }
  }
  const last = isUnicode ? lastCodePoint : lastUnit;
  return [...new Set([...named].flatMap((code) => [code - 1, code, code + 1]))].filter(
    (code) => code >= 0 && code <= last,
  );
}

const escapedCode = /\\(?:[xu]([0-9a-fA-F]{2,4})|u\{([0-9a-fA-F]+)\}|([0-7]{1,3})|c([A-Za-z0-9_]))/g;

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function codeUnits(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}
