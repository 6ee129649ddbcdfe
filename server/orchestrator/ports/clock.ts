/** The time that the orchestrator and the adapters go by; tests drive it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `then` once, after so many milliseconds; the returned function cancels that. */
  after(delayMs: number, then: () => void): () => void;
}
