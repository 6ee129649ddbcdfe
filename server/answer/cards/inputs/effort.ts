import type { JudgingBudget } from '../../../../workflows/definition/pattern-ways.ts';

/** What judging the value of one input may take. */
export interface Effort {
  /** Steps of its regular expression, or of the ways to read a list of its choices. */
  readonly mostSteps: number;
  /** What is left, for all inputs of the card together, to find out how many steps an expression may take. */
  readonly judging: JudgingBudget;
}
