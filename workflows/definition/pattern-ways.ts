import { charactersOf } from './pattern-characters.ts';
import { compileRegex, Uncountable } from './regex-program.ts';
import type { Instruction } from './regex-program.ts';

/** What judging patterns may take, so that whoever writes many of them, or long ones, gains nothing by it. */
export interface JudgingBudget {
  left: number;
}

type CharInstruction = Extract<Instruction, { kind: 'char' }>;

/** A way through the expression that is being tried. */
export interface Way {
  readonly at: CharInstruction;
  /** Whether it has passed nothing that may not hold in truth, so that a match at its end is one. */
  readonly isCertain: boolean;
}

/** What a way has passed since the last character. */
interface Passage {
  readonly isCertain: boolean;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
  /** The loops that it has entered: none is gone through twice for nothing, as ECMAScript has it. */
  readonly entered: readonly Instruction[];
}

const fresh: Passage = { isCertain: true, isAtStart: false, isAtEnd: false, entered: [] };

const mostInstructions = 10_000;

interface Judging {
  readonly budget: JudgingBudget;
  /** What this expression may take of the budget. */
  readonly most: number;
  /** Steps between two characters beyond which nobody goes on counting. */
  readonly mostStepsPerChar: number;
}

/** The ways that a backtracking engine takes through a regular expression, from one character to the next. */
export class PatternWays {
  /** For each kind of character, which atoms it is read by. */
  readonly characters: readonly (readonly boolean[])[];
  /** Whether a match may begin at any character. */
  readonly isSearching: boolean;
  /** The steps since they were last set to 0. */
  steps = 0;
  readonly #start: Instruction;
  readonly #isMultiline: boolean;
  readonly #budget: JudgingBudget;
  readonly #mostStepsPerChar: number;
  #leftHere: number;

  /** @throws Uncountable, as all that it does, where the ways can't be counted within the budget */
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

  /** Begins at a character, and adds the ways from there; true where there is a match at once. */
  begin(ways: Way[], isAtStart: boolean): boolean {
    return this.#follow(this.#start, { ...fresh, isAtStart }, ways);
  }

  /** Goes on after the character of a way, likewise. */
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

  /** Goes on to the next characters to be read, or to a match that is certain: then it returns true. */
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
