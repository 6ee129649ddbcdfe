/** Unguessable, unique texts. */
export interface Ids {
  /** A turn id for a caller that sent none. */
  turnId(): string;
  /** What tells a conversation from an earlier one of the same id. */
  incarnation(): string;
  /** What tells one call from another in line for a lease. */
  ticket(): string;
  /** A mark for the delimiters of one query. */
  mark(): string;
  /** What a caller can quote to find an unexpected error in the log. */
  errorId(): string;
}
