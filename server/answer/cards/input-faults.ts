import type { JudgingBudget } from '../../../workflows/definition/pattern-ways.ts';
import { inputIssue } from './inputs/input-issue.ts';
import { judgingOfACard } from './judging.ts';
import type { SubmittedData } from './submitted-data.ts';
import type { CardInput, InputsById } from './submit-actions.ts';

/** What is wrong with what was submitted under a key. */
export interface Fault {
  readonly key: string;
  readonly message: string;
}

/**
 * What trying the values of all inputs of a card may take together, in steps of a regular expression: some hundredths
 * of a second. Each has the same share of it, so that what is found does not depend on the order of anything.
 */
const allSteps = 5_000_000;

/**
 * What the inputs of a card have against what was submitted. Many actions gather the same inputs: each input is judged
 * once, and so is each set of inputs, as far as faults are asked for.
 */
export class InputFaults {
  readonly #data: SubmittedData;
  readonly #stepsForEach: number;
  readonly #most: number;
  readonly #judging: JudgingBudget = judgingOfACard();
  readonly #judged = new Map<CardInput, string | null>();
  readonly #faults = new Map<InputsById, readonly Fault[]>();

  /** @param most how many faults of one set of inputs are looked for at most */
  constructor(data: SubmittedData, gathered: readonly InputsById[], most: number) {
    const declared = new Set([...new Set(gathered)].flatMap((inputs) => [...inputs.values()].flat()));
    this.#data = data;
    this.#stepsForEach = allSteps / declared.size;
    this.#most = most;
  }

  of(inputs: InputsById): readonly Fault[] {
    const known = this.#faults.get(inputs);
    if (known !== undefined) return known;
    const faults: Fault[] = [];
    for (const fault of this.#find(inputs)) {
      faults.push(fault);
      if (faults.length >= this.#most) break;
    }
    this.#faults.set(inputs, faults);
    return faults;
  }

  *#find(inputs: InputsById): Generator<Fault> {
    for (const key of this.#data.keys) {
      const message = this.#issueAt(key, inputs.get(key));
      if (message !== null) yield { key, message };
    }
    for (const [key, declared] of inputs) {
      const message = this.#data.at(key) === undefined ? this.#issueAt(key, declared) : null;
      if (message !== null) yield { key, message };
    }
  }

  /** Of inputs that share an id, one has to be content. */
  #issueAt(key: string, declared: readonly CardInput[] | undefined): string | null {
    if (declared === undefined) return 'is neither an input of the card nor data of its action: leave it out';
    const issues = declared.map((input) => this.#judge(input, key));
    return issues.includes(null) ? null : (issues[0] ?? null);
  }

  #judge(input: CardInput, key: string): string | null {
    const known = this.#judged.get(input);
    if (known !== undefined) return known;
    const issue = inputIssue(input, this.#data.at(key), {
      mostSteps: this.#stepsForEach,
      judging: this.#judging,
    });
    this.#judged.set(input, issue);
    return issue;
  }
}
