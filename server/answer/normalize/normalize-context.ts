import type { Message, SuggestedAction } from '../../../contract/message.ts';
import type { CardRules } from '../../domain/card-rules.ts';
import { limits } from '../../domain/limits.ts';
import type { Report } from '../text-drafts.ts';

/** A message that has no place in its turn yet. */
export type MessageDraft = Omit<Message, 'id' | 'role' | 'turn' | 'cardId'>;

/** The messages that one activity, or one attachment of it, comes to. */
export interface MessagePart {
  readonly drafts: readonly MessageDraft[];
  /** Suggested answers that stand on the last message before them. */
  readonly suggestions: readonly SuggestedAction[];
}

/** Carried through the normalizing of one answer: the workflow's rules, the budgets that are left, and the issues. */
export class NormalizeContext {
  /** The workflow's rules for cards. */
  readonly rules: CardRules;
  readonly #issues = new Set<string>();
  #attachmentsLeft: number = limits.attachmentsPerTurn;
  #buttonsLeft: number = limits.buttonsPerTurn;

  constructor(rules: CardRules) {
    this.rules = rules;
  }

  /** The issues so far, each once, a bounded number. */
  get issues(): string[] {
    return [...this.#issues].slice(0, limits.parseIssues);
  }

  readonly report: Report = (issue) => {
    this.#issues.add(issue);
  };

  /** Returns as many of the attachments as may still be read. */
  attachments(candidates: readonly unknown[]): readonly unknown[] {
    const taken = candidates.slice(0, this.#attachmentsLeft);
    this.#attachmentsLeft -= taken.length;
    if (taken.length < candidates.length) {
      this.report(`attachments: only the first ${limits.attachmentsPerTurn} were looked at`);
    }
    return taken;
  }

  /** Returns as many of the buttons as may still be read. */
  buttons(candidates: readonly unknown[]): readonly unknown[] {
    const taken = candidates.slice(0, this.#buttonsLeft);
    this.#buttonsLeft -= taken.length;
    if (taken.length < candidates.length) {
      this.report(`buttons: only the first ${limits.buttonsPerTurn} were looked at`);
    }
    return taken;
  }
}
