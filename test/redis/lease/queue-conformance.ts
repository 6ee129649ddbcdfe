import { describe, expect, it, vi } from 'vitest';
import type { Lease, WaitOptions } from '../../../server/orchestrator/ports/lease.ts';
import {
  commitTurn,
  justTheLease,
  key,
  look,
  newTicket,
  stateOf,
  takeLease,
  turnCommit,
  unheard,
} from '../store/sample-turns.ts';
import type { Stores } from '../store/sample-turns.ts';

export interface QueuesUnderTest extends Stores, AsyncDisposable {
  /** The same conversations on another server. */
  readonly elsewhere: Stores;
  /** Returns the number of tickets in the queue. */
  readonly waiting: () => Promise<number>;
  /** Lets time pass for waiting callers; real time passes by itself. */
  readonly passTime: (byMs: number) => void;
}

/** Enqueues a caller; the test awaits its outcome. */
function enqueue({ leases }: Stores, options: Partial<WaitOptions> = {}) {
  const ticket = newTicket();
  const { signal } = new AbortController();
  const wait = leases.enqueue(key, ticket, {
    at: 'back',
    maxMs: 10_000,
    mostWaiting: 100,
    signal,
    ...options,
  });
  const called = wait.untilCalled();
  // A test that does not await it closes Redis under it.
  called.catch(() => undefined);
  return {
    wait,
    ticket,
    called,
    /** Takes the lease that is kept for it, and leaves the queue. */
    acquire: async (): Promise<Lease> => {
      const acquired = await leases.acquire(key, ticket, justTheLease);
      await wait.leave();
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for who was called');
      return acquired.lease;
    },
  };
}

type Queued = ReturnType<typeof enqueue>;

/** Takes the lease when it is notified, and releases it. */
async function passThrough({ called, acquire }: Queued): Promise<void> {
  expect(await called).toBe('called');
  await (await acquire()).release(unheard);
}

async function ownerOf(stores: Stores): Promise<string> {
  const { leaseToken } = await look(stores, key, justTheLease);
  if (leaseToken === null) throw new Error('somebody was expected to have the lease');
  return leaseToken;
}

/** Waits until the queue holds this many tickets, so that the next one comes after them. */
async function untilWaiting(world: QueuesUnderTest, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await world.waiting()).toBe(count), { interval: 5 });
}

/** The promises of the `LeaseKeeper` port to callers that wait or interrupt, which every adapter keeps. */
export function describeQueueConformance(name: string, open: () => Promise<QueuesUnderTest>): void {
  describe(`${name}: the queue for the lease`, () => {
    it('is served in the order of arrival, on whichever server they wait', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const order: number[] = [];
      const served: Promise<void>[] = [];
      for (const number of [1, 2, 3, 4, 5]) {
        const queued = enqueue(number % 2 === 0 ? world : world.elsewhere);
        served.push(queued.called.then(() => void order.push(number)).then(() => passThrough(queued)));
        await untilWaiting(world, number);
      }
      await holder.release(unheard);
      await Promise.all(served);
      expect(order).toEqual([1, 2, 3, 4, 5]);
      expect(await world.waiting()).toBe(0);
    });

    it('is served in the order of arrival, however many come at once', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const order: number[] = [];
      const all = Array.from({ length: 60 }, () => enqueue(world));
      const served = all.map((queued, index) =>
        queued.called.then(() => void order.push(index)).then(() => passThrough(queued)),
      );
      await untilWaiting(world, all.length);
      await holder.release(unheard);
      await Promise.all(served);
      expect(order).toEqual(all.map((_, index) => index));
    });

    it('takes no more tickets than it may hold, on all servers together, and again once one has left', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const [first, second] = [world, world.elsewhere].map((server) => enqueue(server, { mostWaiting: 2 }));
      await untilWaiting(world, 2);
      for (const server of [world, world.elsewhere]) {
        const refused = enqueue(server, { mostWaiting: 2 });
        expect(await refused.called).toBe('full');
        await refused.wait.leave();
      }
      expect(await world.waiting()).toBe(2);
      await second?.wait.leave();
      const third = enqueue(world.elsewhere, { mostWaiting: 2 });
      await untilWaiting(world, 2);
      await holder.release(unheard);
      for (const queued of [first, third]) if (queued !== undefined) await passThrough(queued);
      expect(await world.waiting()).toBe(0);
    });

    it('keeps the ticket of a caller that enqueues again, however full the queue is', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world, { mostWaiting: 1 });
      await untilWaiting(world, 1);
      await holder.release(unheard);
      expect(await first.called).toBe('called');
      const interrupter = newTicket();
      expect(await world.leases.interrupt(key, interrupter, await ownerOf(world))).toBe(true);
      const second = enqueue(world.elsewhere, { mostWaiting: 1 });
      await untilWaiting(world, 1);
      const again = first.wait.untilCalled();
      await untilWaiting(world, 2);
      const acquired = await world.leases.acquire(key, interrupter, justTheLease);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for who interrupted');
      await acquired.lease.release(unheard);
      expect(await again).toBe('called');
      await (await first.acquire()).release(unheard);
      await passThrough(second);
    });

    it.each(['commits', 'gives the lease back'])('is notified by a holder that %s', async (how) => {
      await using world = await open();
      const holder = await takeLease(world);
      const queued = enqueue(world.elsewhere);
      await untilWaiting(world, 1);
      if (how === 'commits')
        expect(await world.store.commit(key, turnCommit(holder.token, null))).toBe('committed');
      else await holder.release(unheard);
      await passThrough(queued);
    });

    it('notifies at once when the lease is free, which it may be by then', async () => {
      await using world = await open();
      await passThrough(enqueue(world));
    });

    it('notifies a caller at the front before all others', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const back = enqueue(world);
      await untilWaiting(world, 1);
      const front = enqueue(world.elsewhere, { at: 'front' });
      await untilWaiting(world, 2);
      await holder.release(unheard);
      expect(await front.called).toBe('called');
      expect(await world.leases.acquire(key, back.ticket, justTheLease)).toMatchObject({ kind: 'held' });
      await (await front.acquire()).release(unheard);
      await passThrough(back);
    });

    it('lets nobody overtake a notified caller that has not taken the lease yet', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await untilWaiting(world, 1);
      const second = enqueue(world);
      await untilWaiting(world, 2);
      await holder.release(unheard);
      await first.called;
      for (const ticket of [newTicket(), second.ticket, newTicket()]) {
        expect(await world.leases.acquire(key, ticket, justTheLease)).toMatchObject({ kind: 'held' });
        expect(await world.elsewhere.leases.acquire(key, ticket, justTheLease)).toMatchObject({
          kind: 'held',
        });
      }
      await passThrough(first);
      await passThrough(second);
    });

    it('is left by a caller that stops waiting, which is not notified then', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const leaving = enqueue(world, { maxMs: 30 });
      await untilWaiting(world, 1);
      const staying = enqueue(world);
      await untilWaiting(world, 2);
      world.passTime(30);
      expect(await leaving.called).toBe('timed-out');
      await leaving.wait.leave();
      await leaving.wait.leave();
      expect(await world.waiting()).toBe(1);
      await holder.release(unheard);
      await passThrough(staying);
    });

    it('goes on to the next when a notified caller leaves instead of taking the lease', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const leaving = enqueue(world);
      await untilWaiting(world, 1);
      const next = enqueue(world.elsewhere);
      await untilWaiting(world, 2);
      await holder.release(unheard);
      await leaving.called;
      await leaving.wait.leave();
      await passThrough(next);
      await (await takeLease(world)).release(unheard);
    });

    it('is left at once, with the reason, by a caller whose signal aborts', async () => {
      await using world = await open();
      await takeLease(world);
      const closing = new AbortController();
      const queued = enqueue(world, { signal: closing.signal });
      await untilWaiting(world, 1);
      const reason = new Error('closing');
      closing.abort(reason);
      await expect(queued.called).rejects.toBe(reason);
      await queued.wait.leave();
      expect(await world.waiting()).toBe(0);
    });

    it('of one conversation is no concern of another', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const queued = enqueue(world);
      await untilWaiting(world, 1);
      await commitTurn(world, { ...key, conversationId: 'another' });
      await (await takeLease(world, { ...key, user: 'another' })).release(unheard);
      expect(await world.waiting()).toBe(1);
      await holder.release(unheard);
      await passThrough(queued);
    });
  });

  describe(`${name}: a stop`, () => {
    const take = async (world: Stores, turnId: string | null) => {
      const acquired = await world.leases.acquire(key, { ...newTicket(), turnId }, justTheLease);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be free');
      return acquired;
    };

    it('from another server aborts the turn, whose commit stores nothing, and frees the lease', async () => {
      await using world = await open();
      await commitTurn(world);
      const before = await stateOf(world);
      const { lease } = await take(world, 'running');
      const aborted = new Promise((resolve) => lease.loss.onCancelled(resolve));
      expect(await world.elsewhere.leases.stop(key, 'another')).toBe(false);
      expect(await world.elsewhere.leases.stop(key, 'running')).toBe(true);
      expect(await aborted).toMatchObject({ reason: 'TURN_INTERRUPTED' });
      expect(await world.store.commit(key, turnCommit(lease.token, before))).toBe('interrupted');
      await lease.release(unheard);
      await (await takeLease(world)).release(unheard);
      expect((await stateOf(world)).turnCount).toBe(1);
    });

    it('comes too late for a turn that has committed, and stops neither an end nor nothing', async () => {
      await using world = await open();
      expect(await world.leases.stop(key, null)).toBe(false);
      const { lease, loaded } = await take(world, 'running');
      await world.store.commit(key, { ...turnCommit(lease.token, null), log: loaded.log });
      expect(await world.leases.stop(key, null)).toBe(false);
      await lease.release(unheard);
      const end = await take(world, null);
      expect(await world.leases.stop(key, null)).toBe(false);
      await end.lease.release(unheard);
    });
  });

  describe(`${name}: an interruption`, () => {
    it.each([
      ['this server', (world: QueuesUnderTest) => world],
      ['another server', ({ elsewhere }: QueuesUnderTest) => elsewhere],
    ])('from %s aborts the holder, whose commit stores nothing', async (_where, interrupterOf) => {
      await using world = await open();
      await commitTurn(world);
      const holder = await takeLease(world);
      const before = await stateOf(world);
      const aborted = new Promise((resolve) => holder.loss.signal.addEventListener('abort', resolve));
      const { leases } = interrupterOf(world);
      expect(await leases.interrupt(key, newTicket(), holder.token)).toBe(true);
      await aborted;
      expect(holder.loss.signal.reason).toMatchObject({ reason: 'TURN_INTERRUPTED', retryable: true });
      expect(await world.store.commit(key, turnCommit(holder.token, before))).toBe('interrupted');
      expect(await stateOf(world)).toEqual(before);
    });

    it('takes the right to commit at once: the holder need not have heard of it', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const ticket = newTicket();
      const [, result, acquired] = await Promise.all([
        world.leases.interrupt(key, ticket, holder.token),
        world.store.commit(key, turnCommit(holder.token, null)),
        world.leases.acquire(key, ticket, justTheLease),
      ]);
      expect(result).toBe('interrupted');
      expect(acquired.kind).toBe('granted');
    });

    it('keeps the lease for the interrupter, whatever the interrupted holder does', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const ticket = newTicket();
      await world.elsewhere.leases.interrupt(key, ticket, holder.token);
      await holder.release(unheard);
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
      expect((await world.elsewhere.leases.acquire(key, ticket, justTheLease)).kind).toBe('granted');
      await holder.release(unheard);
      expect(await world.leases.acquire(key, newTicket(), justTheLease)).toMatchObject({ kind: 'held' });
    });

    it('that comes too late changes nothing: the holder has committed, and another holds the lease', async () => {
      await using world = await open();
      const first = await takeLease(world);
      expect(await world.store.commit(key, turnCommit(first.token, null))).toBe('committed');
      expect(await world.leases.interrupt(key, newTicket(), first.token)).toBe(false);
      const second = await takeLease(world);
      expect(await world.leases.interrupt(key, newTicket(), first.token)).toBe(false);
      expect(second.loss.signal.aborted).toBe(false);
      expect(await ownerOf(world)).toBe(second.token);
      expect(await world.store.commit(key, turnCommit(second.token, await stateOf(world)))).toBe('committed');
    });

    it('goes before the queue, which keeps its order', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await untilWaiting(world, 1);
      const second = enqueue(world.elsewhere);
      await untilWaiting(world, 2);
      const ticket = newTicket();
      await world.leases.interrupt(key, ticket, holder.token);
      const acquired = await world.leases.acquire(key, ticket, justTheLease);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for the interrupter');
      expect(await world.waiting()).toBe(2);
      await acquired.lease.release(unheard);
      await first.called;
      expect(await world.leases.acquire(key, second.ticket, justTheLease)).toMatchObject({ kind: 'held' });
      await passThrough(first);
      await passThrough(second);
    });

    it('of a notified caller that has not come yet leaves that one first in the queue', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await untilWaiting(world, 1);
      const second = enqueue(world.elsewhere);
      await untilWaiting(world, 2);
      const order: string[] = [];
      const secondCalled = second.called.then(() => order.push('second'));
      await holder.release(unheard);
      await first.called;
      const ticket = newTicket();
      expect(await world.elsewhere.leases.interrupt(key, ticket, await ownerOf(world))).toBe(true);
      expect(await world.leases.acquire(key, first.ticket, justTheLease)).toMatchObject({ kind: 'held' });
      const again = first.wait.untilCalled();
      const acquired = await world.leases.acquire(key, ticket, justTheLease);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for the interrupter');
      await acquired.lease.release(unheard);
      expect(await again).toBe('called');
      order.push('first');
      await (await first.acquire()).release(unheard);
      await secondCalled;
      await passThrough(second);
      expect(order).toEqual(['first', 'second']);
    });
  });
}
