/** How waiting for a lease is timed, in milliseconds. */
export interface LineTimes {
  /** How long a freed lease is kept for who is called, before others may have it. */
  readonly keptMs: number;
  /** How long anybody waits at most; a place that is older is nobody's any more. */
  readonly longestWaitMs: number;
}
