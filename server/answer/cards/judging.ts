import type { JudgingBudget } from '../../../workflows/definition/pattern-ways.ts';

/**
 * What it may take to judge all regular expressions of a card: some hundredths of a second. Some hundred steps are
 * enough for one that a card usually has.
 */
export function judgingOfACard(): JudgingBudget {
  return { left: 200_000 };
}
