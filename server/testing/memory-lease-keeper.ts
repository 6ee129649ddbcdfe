import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type {
  Acquisition,
  Lease,
  LeaseKeeper,
  QueueTicket,
  Wait,
  WaitOptions,
} from '../orchestrator/ports/lease.ts';
import { turnInterrupted } from '../orchestrator/failures.ts';
import { MemoryWait } from './memory-wait.ts';
import { callNext } from './memory-world.ts';
import type { MemoryConversation, MemoryWorld } from './memory-world.ts';

/** Leases in this process's memory, for contract tests. They last as long as their holder needs them. */
export class MemoryLeaseKeeper implements LeaseKeeper {
  readonly #world: MemoryWorld;
  #lastToken = 0;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  acquire(key: ConversationKey, place: QueueTicket): Promise<Acquisition> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.lock !== null && found.lock.token !== place.id) return { kind: 'held' };
      this.#lastToken += 1;
      const token = `memory-lease-${this.#lastToken}`;
      const lost = new AbortController();
      found.lock = { token, interrupt: () => lost.abort(turnInterrupted()) };
      const isAgentStale = found.holder !== null;
      found.holder = { token, turnId: place.turnId, since: this.#world.clock.now(), isAgentStale };
      return { kind: 'granted', lease: leaseOf(found, token, lost.signal) };
    });
  }

  enqueue(key: ConversationKey, place: QueueTicket, options: WaitOptions): Wait {
    return new MemoryWait(this.#world, this.#world.conversation(key), { ...options, placeId: place.id });
  }

  interrupt(key: ConversationKey, place: QueueTicket, owner: string): Promise<boolean> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.lock?.token !== owner) return false;
      found.interrupted.add(owner);
      found.lock.interrupt();
      found.lock = { token: place.id, interrupt: () => undefined };
      found.waiting = found.waiting.filter(({ id }) => id !== place.id);
      return true;
    });
  }

  isReachable(): Promise<boolean> {
    return Promise.resolve(!this.#world.isDown);
  }

  #answer<Answer>(work: () => Answer): Promise<Answer> {
    if (!this.#world.isDown) return Promise.resolve(work());
    return Promise.reject(
      new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'The in-memory store was told to be down.'),
    );
  }
}

function leaseOf(found: MemoryConversation, token: string, signal: AbortSignal): Lease {
  return {
    token,
    signal,
    isFreedByCommit: true,
    stop: () => undefined,
    release: ({ agentMayHaveHeard }) => {
      const { holder } = found;
      if (holder?.token === token && !agentMayHaveHeard && !holder.isAgentStale) found.holder = null;
      if (found.lock?.token === token) callNext(found);
      return Promise.resolve();
    },
  };
}
