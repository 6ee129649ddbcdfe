/** A promise that the history shows broken. */
export interface Violation {
  /** Which check found it. */
  readonly check: string;
  /** Whose; `null` when it is of no one conversation. */
  readonly conversation: string | null;
  readonly message: string;
  /** What it is about, for the timeline: turn ids, and a moment where there is one. */
  readonly turnIds: readonly string[];
  readonly at?: number;
}
