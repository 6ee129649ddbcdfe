import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Acquisition, LeaseKeeper } from '../orchestrator/ports/lease.ts';
import type { MemoryWorld } from './memory-world.ts';

/** Leases in this process's memory, for contract tests. They last as long as their holder needs them. */
export class MemoryLeaseKeeper implements LeaseKeeper {
  readonly #world: MemoryWorld;
  #lastToken = 0;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  acquire(key: ConversationKey): Promise<Acquisition> {
    if (this.#world.isDown) {
      const error = new TurnkeeperError(
        'STATE_STORE_UNAVAILABLE',
        'The in-memory store was told to be down.',
      );
      return Promise.reject(error);
    }
    const found = this.#world.conversation(key);
    if (found.lock !== null) return Promise.resolve({ kind: 'held' });
    this.#lastToken += 1;
    const token = `memory-lease-${this.#lastToken}`;
    found.lock = { token, expiresAt: Number.POSITIVE_INFINITY };
    const release = (): Promise<void> => {
      if (found.lock?.token === token) found.lock = null;
      return Promise.resolve();
    };
    const signal = new AbortController().signal;
    return Promise.resolve({ kind: 'granted', lease: { token, signal, stop: () => undefined, release } });
  }
}
