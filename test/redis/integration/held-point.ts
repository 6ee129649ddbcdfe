import type { FaultPoint, FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import { deferred } from '../../support/deferred.ts';

interface Held {
  readonly point: FaultPoint;
  /** Null for an end. */
  readonly turnId: string | null;
}

/** Holds one call at one race window until the test releases it. */
export class HeldPoint implements FaultPoints {
  readonly #held: Held;
  readonly #reached = deferred();
  readonly #letGo = deferred();

  constructor(held: Held) {
    this.#held = held;
  }

  /** Resolves when the call arrives there. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  letGo(): void {
    this.#letGo.resolve();
  }

  reach(point: FaultPoint, { turnId }: { readonly turnId: string | null }): unknown {
    if (point !== this.#held.point || turnId !== this.#held.turnId) return undefined;
    this.#reached.resolve();
    return this.#letGo.promise;
  }
}
