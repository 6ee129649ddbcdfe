/** Time, as the orchestrator and the adapters know it; tests drive it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `then` once, after so many milliseconds; the returned function calls that off. */
  after(delayMs: number, then: () => void): () => void;
}
