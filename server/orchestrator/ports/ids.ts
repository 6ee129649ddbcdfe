/** Makes unguessable, unique texts. */
export interface Ids {
  /** A turn id for a caller that sent none. */
  turnId(): string;
  /** Tells a conversation from an earlier one of the same id. */
  incarnation(): string;
  /** Tells one call from another in the queue for a lease. */
  ticket(): string;
  /** A mark for the delimiters of one query. */
  mark(): string;
  /** Lets a caller who quotes it find an unexpected error in the log. */
  errorId(): string;
}
