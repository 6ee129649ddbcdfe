import { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { Cancellation } from '../orchestrator/cancellation.ts';
import type {
  Acquisition,
  Lease,
  LeaseKeeper,
  QueueTicket,
  Wait,
  WaitEnd,
  WaitOptions,
} from '../orchestrator/ports/lease.ts';
import type { LoadRequest } from '../orchestrator/ports/workflow-state-store.ts';
import { turnInterrupted } from '../orchestrator/failures.ts';
import { callNext } from './memory-world.ts';
import type { MemoryWorkflowStateStore } from './memory-workflow-state-store.ts';
import type { MemoryConversation, MemoryWorld } from './memory-world.ts';

/** Grants leases in this process's memory, for contract tests. They last as long as their holders need them. */
export class MemoryLeaseKeeper implements LeaseKeeper {
  readonly #world: MemoryWorld;
  readonly #store: MemoryWorkflowStateStore;
  #lastToken = 0;

  constructor(world: MemoryWorld, store: MemoryWorkflowStateStore) {
    this.#world = world;
    this.#store = store;
  }

  acquire(key: ConversationKey, ticket: QueueTicket, request: LoadRequest): Promise<Acquisition> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.lock !== null && found.lock.token !== ticket.id)
        return { kind: 'held', loaded: this.#store.load(key, request) };
      this.#lastToken += 1;
      const token = `memory-lease-${this.#lastToken}`;
      const loss = new Cancellation();
      found.lock = { token, interrupt: () => loss.cancel(turnInterrupted()) };
      const isAgentStale = found.holder !== null;
      found.holder = { token, turnId: ticket.turnId, since: this.#world.clock.now(), isAgentStale };
      const loaded = this.#store.load(key, request);
      return { kind: 'granted', lease: leaseOf(found, token, loss), loaded };
    });
  }

  enqueue(key: ConversationKey, ticket: QueueTicket, options: WaitOptions): Wait {
    return new MemoryWait(this.#world, this.#world.conversation(key), { ...options, ticketId: ticket.id });
  }

  interrupt(key: ConversationKey, ticket: QueueTicket, owner: string): Promise<boolean> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      if (found.lock?.token !== owner) return false;
      found.interrupted.add(owner);
      found.lock.interrupt();
      found.lock = { token: ticket.id, interrupt: () => undefined };
      found.waiting = found.waiting.filter(({ id }) => id !== ticket.id);
      return true;
    });
  }

  stop(key: ConversationKey, turnId: string | null): Promise<boolean> {
    return this.#answer(() => {
      const found = this.#world.conversation(key);
      const { lock, holder } = found;
      if (lock === null || holder === null || holder.token !== lock.token) return false;
      if (holder.turnId === null || (turnId !== null && turnId !== holder.turnId)) return false;
      found.interrupted.add(lock.token);
      lock.interrupt();
      callNext(found);
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

function leaseOf(found: MemoryConversation, token: string, loss: Cancellation): Lease {
  return {
    token,
    loss,
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

interface MemoryWaitOptions extends WaitOptions {
  readonly ticketId: string;
}

/** One ticket's wait for an in-memory lease. */
class MemoryWait implements Wait {
  readonly #found: MemoryConversation;
  readonly #options: MemoryWaitOptions;
  readonly #arrived: number;
  readonly #cleanups: (() => void)[] = [];
  #isOver = false;
  #hasQueued = false;
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
    const { ticketId, signal, mostWaiting } = this.#options;
    this.#isCalled = this.#found.lock?.token === ticketId;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isOver) return 'timed-out';
      if (!this.#isCalled && !this.#hasQueued && this.#found.waiting.length >= mostWaiting) return 'full';
      this.#hasQueued = true;
      this.#queue();
      if (this.#wasCalled()) return 'called';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#wasCalled()) return 'called';
    }
  }

  leave(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    const { ticketId } = this.#options;
    this.#found.waiting = this.#found.waiting.filter(({ id }) => id !== ticketId);
    if (this.#found.lock?.token === ticketId) callNext(this.#found);
    return Promise.resolve();
  }

  /** Queues the ticket by its arrival. A ticket that was called and came too late keeps its place. */
  #queue(): void {
    if (this.#isCalled) return;
    const { ticketId: id } = this.#options;
    const call = (): void => {
      this.#isCalled = true;
      this.#wake();
    };
    const others = this.#found.waiting.filter((ticket) => ticket.id !== id);
    this.#found.waiting = [...others, { id, arrived: this.#arrived, call }].sort(
      (left, right) => left.arrived - right.arrived,
    );
    if (this.#found.lock === null) callNext(this.#found);
  }

  #wasCalled(): boolean {
    return this.#isCalled;
  }
}
