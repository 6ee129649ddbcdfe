/** A promise that the history shows to be broken. */
export interface Violation {
  /** The check that found it. */
  readonly check: string;
  /** Its conversation; `null` if it concerns several. */
  readonly conversation: string | null;
  readonly message: string;
  /** Its turn ids, and its moment where there is one, for the timeline. */
  readonly turnIds: readonly string[];
  readonly at?: number;
}
