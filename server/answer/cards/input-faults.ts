import type { Json } from '../../../workflows/definition/json.ts';
import { canonicalJson, ownProperty } from '../../domain/json.ts';
import { inputIssue } from './input-issue.ts';
import { CardPatterns } from './patterns.ts';
import type { CardInput, InputsById } from './submit-actions.ts';

/** A fault of the value that was submitted under a key. */
export interface Fault {
  readonly key: string;
  readonly message: string;
}

/**
 * Steps that trying the values of all inputs of a card may take together: some hundredths of a second. Each input has
 * the same share, so that no result depends on an order.
 */
const allSteps = 5_000_000;

/**
 * Finds the faults that the inputs of a card see in a submission. Many actions gather the same inputs: each input is
 * judged once, and so is each set of inputs, as far as faults are asked for.
 */
export class InputFaults {
  readonly #data: SubmittedData;
  readonly #stepsForEach: number;
  readonly #most: number;
  readonly #patterns = new CardPatterns();
  readonly #judged = new Map<CardInput, string | null>();
  readonly #faults = new Map<InputsById, readonly Fault[]>();

  /** @param most the number of faults after which one set of inputs is left alone */
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

  /** Accepts a value that fits any one of the inputs that share its id. */
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
      patterns: this.#patterns,
    });
    this.#judged.set(input, issue);
    return issue;
  }
}

/** The submitted data, indexed so that comparing it with many actions does not read it again for each. */
export class SubmittedData {
  readonly #data: Readonly<Record<string, Json>>;
  readonly #canonical = new Map<string, string>();

  constructor(data: Readonly<Record<string, Json>>) {
    this.#data = data;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#data);
  }

  at(key: string): Json | undefined {
    return ownProperty(this.#data, key);
  }

  /** Returns whether this value was submitted under a key, whatever the order of its own keys. */
  holds(key: string, expected: Json): boolean {
    const value = this.at(key);
    if (value === undefined) return false;
    const known = this.#canonical.get(key) ?? canonicalJson(value);
    this.#canonical.set(key, known);
    return known === canonicalJson(expected);
  }
}
