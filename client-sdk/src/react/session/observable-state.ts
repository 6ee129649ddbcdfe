/** How often at most what is only for the eye is drawn anew. */
const drawEveryMs = 50;

/** A state that is replaced as a whole, and who is told of it. */
export class ObservableState<State extends object> {
  #state: State;
  readonly #listeners = new Set<() => void>();
  #next: State | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  /** What listeners have been told of: it stays the same object until they are told of another. */
  get shown(): State {
    return this.#state;
  }

  /** The newest, which may not be shown yet. */
  get now(): State {
    return this.#next ?? this.#state;
  }

  set(change: Partial<State>): void {
    const { now } = this;
    const keys = Object.keys(change) as (keyof State)[];
    if (this.#next === null && keys.every((key) => change[key] === now[key])) return;
    this.#next = { ...this.now, ...change };
    this.#show();
  }

  /** Shows a change together with those that follow within a moment. */
  setSoon(change: Partial<State>): void {
    this.#next = { ...this.now, ...change };
    this.#timer ??= setTimeout(() => this.#show(), drawEveryMs);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#state = this.now;
    this.#next = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
