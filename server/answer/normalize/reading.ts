import type { CardRules } from '../../domain/card-rules.ts';
import { limits } from '../../domain/limits.ts';

/** Told of what was left out, cut or not understood: in fixed words, with nothing of what the agent wrote. */
export type Report = (issue: string) => void;

/** One reading of an answer: what it may show, how much of it is still looked at, and what there was to report. */
export class Reading {
  /** What the workflow allows cards to do. */
  readonly rules: CardRules;
  readonly #issues = new Set<string>();
  #attachmentsLeft: number = limits.attachmentsPerTurn;
  #buttonsLeft: number = limits.buttonsPerTurn;

  constructor(rules: CardRules) {
    this.rules = rules;
  }

  /** Each once, a bounded number. */
  get issues(): string[] {
    return [...this.#issues].slice(0, limits.parseIssues);
  }

  readonly report: Report = (issue) => {
    this.#issues.add(issue);
  };

  /** As many of the attachments as may still be read. */
  attachments(candidates: readonly unknown[]): readonly unknown[] {
    const taken = candidates.slice(0, this.#attachmentsLeft);
    this.#attachmentsLeft -= taken.length;
    if (taken.length < candidates.length) {
      this.report(`attachments: only the first ${limits.attachmentsPerTurn} were looked at`);
    }
    return taken;
  }

  /** As many of the buttons as may still be read. */
  buttons(candidates: readonly unknown[]): readonly unknown[] {
    const taken = candidates.slice(0, this.#buttonsLeft);
    this.#buttonsLeft -= taken.length;
    if (taken.length < candidates.length) {
      this.report(`buttons: only the first ${limits.buttonsPerTurn} were looked at`);
    }
    return taken;
  }
}
