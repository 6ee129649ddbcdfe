import type { Violation } from './check/violation.ts';
import type { History } from './history.ts';
import { timeline } from './timeline.ts';

const mostShown = 5;

/** Prints the violations of a seed, each with the events around it, and the command to run it again. */
export function reportViolations(seed: number, history: History, violations: readonly Violation[]): string {
  const shown = violations.slice(0, mostShown).map((violation) => {
    const whose = violation.conversation === null ? '' : ` ${violation.conversation}:`;
    const lines = timeline(history, violation).map((line) => `    ${line}`);
    return [`  [${violation.check}]${whose} ${violation.message}`, ...lines].join('\n');
  });
  const more = violations.length > mostShown ? [`  and ${violations.length - mostShown} more`] : [];
  return [
    `seed ${seed}: ${violations.length} violations; again: npm run soak -- --seed ${seed} --rounds 1`,
    ...shown,
    ...more,
  ].join('\n');
}
