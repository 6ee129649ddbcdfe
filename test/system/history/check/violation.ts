/** A promise that the history shows broken. */
export interface Violation {
  /** The check that found it. */
  readonly check: string;
  /** Its conversation; `null` when it is of no single one. */
  readonly conversation: string | null;
  readonly message: string;
  /** Its turn ids, and its moment where there is one, for the timeline. */
  readonly turnIds: readonly string[];
  readonly at?: number;
}
