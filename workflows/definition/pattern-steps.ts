import { charactersOf } from './pattern-characters.ts';
import { compileRegex, Uncountable } from './regex-program.ts';
import type { Instruction } from './regex-program.ts';

/** What judging patterns may take, so that whoever writes many of them, or long ones, gains nothing by it. */
export interface JudgingBudget {
  left: number;
}

type CharInstruction = Extract<Instruction, { kind: 'char' }>;

/** A way through the expression that is being tried. */
interface Way {
  readonly at: CharInstruction;
  /** Whether it has passed nothing that may not hold in truth, so that a match at its end is one. */
  readonly isCertain: boolean;
}

interface Situation {
  /** In the order in which the engine tries them; the same place may be reached in several ways. */
  readonly ways: readonly Way[];
  /** Whether a match may still begin at a later character. */
  readonly isSearching: boolean;
}

const longestSource = 2_000;
const mostStepsPerChar = 300;
const budgetOfOne = 100_000;
const mostInstructions = 10_000;

/**
 * How many steps for each character a backtracking engine needs at most to try a regular expression, whatever the text;
 * null when that has no bound that is known, so that time may grow faster than the text does: `^(a+)+$` on 40 letters takes
 * years, and a browser would spend them. Every pattern that somebody else's words are tried on must have such a bound.
 *
 * The engine tries one way after another; here all of them read the text side by side, each place as often as there are
 * ways to it. If no text makes them more than so many, the expression is linear. Every situation that any text can lead to
 * is gone through; when they are too many to do so, that counts as null.
 */
export function patternSteps(
  source: string,
  flags = '',
  budget: JudgingBudget = { left: budgetOfOne },
): number | null {
  if (source.length > longestSource || !isRegularExpression(source, flags)) return null;
  try {
    return new Judge(source, flags, budget).stepsPerChar();
  } catch (error) {
    if (error instanceof Uncountable) return null;
    throw error;
  }
}

export function isRegularExpression(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** What a way has passed since the last character. */
interface Passage {
  readonly isCertain: boolean;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** The loops that it has entered: none is gone through twice for nothing, as ECMAScript has it. */
  readonly entered: readonly Instruction[];
}

class Judge {
  readonly #start: Instruction;
  /** For each kind of character, which atoms it is read by. */
  readonly #characters: readonly (readonly boolean[])[];
  readonly #isSticky: boolean;
  readonly #isMultiline: boolean;
  readonly #budget: JudgingBudget;
  #leftHere: number;
  #steps = 0;

  constructor(source: string, flags: string, budget: JudgingBudget) {
    this.#budget = budget;
    this.#leftHere = Math.min(budgetOfOne, budget.left);
    this.#isSticky = flags.includes('y');
    this.#isMultiline = flags.includes('m');
    const program = compileRegex(source, flags, Math.min(mostInstructions, this.#leftHere));
    this.#spend(program.instructions + source.length);
    this.#start = program.start;
    this.#characters = charactersOf(program.atoms, flags, (tests) => this.#spend(tests));
  }

  stepsPerChar(): number {
    let most = 0;
    const seen = new Set<string>();
    const open = [this.#begin()];
    for (let situation = open.pop(); situation !== undefined; situation = open.pop()) {
      most = Math.max(most, this.#steps);
      const name = nameOf(situation);
      if (seen.has(name)) continue;
      seen.add(name);
      for (const character of this.#characters) {
        const next = this.#read(situation, character);
        most = Math.max(most, this.#steps);
        open.push(next);
      }
    }
    return most;
  }

  #begin(): Situation {
    this.#steps = 0;
    const ways: Way[] = [];
    const isMatched = this.#follow(this.#start, { ...fresh, isAtStart: true }, ways);
    return { ways, isSearching: !isMatched && !this.#isSticky };
  }

  #read({ ways, isSearching }: Situation, character: readonly boolean[]): Situation {
    this.#steps = 0;
    const next: Way[] = [];
    for (const { at, isCertain } of ways) {
      this.#step();
      if (character[at.atom] !== true) continue;
      // The engine stops at a match: what it would have tried later, it never tries.
      if (this.#follow(at.next, { ...fresh, isCertain }, next)) return { ways: next, isSearching: false };
    }
    if (!isSearching) return { ways: next, isSearching };
    const isMatched = this.#follow(this.#start, fresh, next);
    return { ways: next, isSearching: !isMatched };
  }

  /** Goes on to the next characters to be read, or to a match that is certain: then it returns true. */
  #follow(instruction: Instruction, passage: Passage, ways: Way[]): boolean {
    this.#step();
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

  #step(): void {
    this.#steps += 1;
    if (this.#steps > mostStepsPerChar) throw new Uncountable('more and more ways');
    this.#spend(1);
  }

  #spend(steps: number): void {
    this.#budget.left -= steps;
    this.#leftHere -= steps;
    if (this.#leftHere < 0) throw new Uncountable('too many situations');
  }
}

const fresh: Passage = { isCertain: true, isAtStart: false, isAtEnd: false, entered: [] };

function nameOf({ ways, isSearching }: Situation): string {
  const places = ways.map(({ at, isCertain }) => (isCertain ? at.id : -at.id));
  return `${isSearching ? 'from here' : 'begun'} ${places.join(' ')}`;
}
