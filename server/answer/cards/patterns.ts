import { patternStepsWithin } from '../../../workflows/definition/pattern-steps.ts';
import type { JudgingBudget } from '../../../workflows/definition/pattern-ways.ts';

/**
 * Steps that judging all regular expressions of a card may take: some hundredths of a second. A usual expression takes
 * some hundred.
 */
const judgingSteps = 200_000;

/**
 * The regular expressions of one card. Renderers run them in the browser, whose engine backtracks, and this server
 * tries them on submitted values: neither may be busy for long. An expression whose steps cannot be bounded counts as
 * harmful.
 */
export class CardPatterns {
  readonly #steps = new Map<string, number | null>();
  readonly #budget: JudgingBudget = { left: judgingSteps };

  /** Returns whether a renderer may try the expression on any text of so many characters. */
  isHarmless(source: string, chars: number): boolean {
    return this.#stepsOf(source, chars) !== null;
  }

  /**
   * Returns whether a value fits an expression. `vetCard` leaves only harmless ones on a card, but an older server may
   * have stored this one. A value passes where trying it may take too many steps: this check is advice, and the agent
   * checks again what it asked for.
   */
  fits(value: string, source: string, mostSteps: number): boolean {
    const steps = this.#stepsOf(source, value.length);
    if (steps === null || steps > mostSteps) return true;
    return new RegExp(source).test(value);
  }

  #stepsOf(source: string, chars: number): number | null {
    const name = `${chars} ${source}`;
    const known = this.#steps.get(name);
    if (known !== undefined) return known;
    const steps = patternStepsWithin(chars, source, '', this.#budget);
    this.#steps.set(name, steps);
    return steps;
  }
}
