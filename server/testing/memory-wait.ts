import type { Wait, WaitEnd, WaitOptions } from '../orchestrator/ports/lease.ts';
import { callNext } from './memory-world.ts';
import type { MemoryConversation, MemoryWorld } from './memory-world.ts';

interface MemoryWaitOptions extends WaitOptions {
  readonly placeId: string;
}

/** A wait for an in-memory lease. */
export class MemoryWait implements Wait {
  readonly #found: MemoryConversation;
  readonly #options: MemoryWaitOptions;
  readonly #arrived: number;
  readonly #cleanups: (() => void)[] = [];
  #isOver = false;
  #hasStood = false;
  #isCalled = false;
  #wake: () => void = () => undefined;

  constructor(world: MemoryWorld, found: MemoryConversation, options: MemoryWaitOptions) {
    this.#found = found;
    this.#options = options;
    const arrival = world.nextArrival();
    this.#arrived = options.at === 'front' ? -arrival : arrival;
    const wake = (): void => this.#wake();
    options.signal.addEventListener('abort', wake);
    const cancelDeadline = world.clock.after(options.maxMs, () => {
      this.#isOver = true;
      wake();
    });
    this.#cleanups.push(cancelDeadline, () => options.signal.removeEventListener('abort', wake));
  }

  async untilCalled(): Promise<WaitEnd> {
    const { placeId, signal, mostWaiting } = this.#options;
    this.#isCalled = this.#found.lock?.token === placeId;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isOver) return 'timed-out';
      if (!this.#isCalled && !this.#hasStood && this.#found.waiting.length >= mostWaiting) return 'full';
      this.#hasStood = true;
      this.#stand();
      if (this.#wasCalled()) return 'called';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#wasCalled()) return 'called';
    }
  }

  leave(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    const { placeId } = this.#options;
    this.#found.waiting = this.#found.waiting.filter(({ id }) => id !== placeId);
    if (this.#found.lock?.token === placeId) callNext(this.#found);
    return Promise.resolve();
  }

  /** In line by arrival, wherever that is by now; who was called too late keeps its place. */
  #stand(): void {
    if (this.#isCalled) return;
    const { placeId: id } = this.#options;
    const call = (): void => {
      this.#isCalled = true;
      this.#wake();
    };
    const others = this.#found.waiting.filter((place) => place.id !== id);
    this.#found.waiting = [...others, { id, arrived: this.#arrived, call }].sort(
      (left, right) => left.arrived - right.arrived,
    );
    if (this.#found.lock === null) callNext(this.#found);
  }

  #wasCalled(): boolean {
    return this.#isCalled;
  }
}
