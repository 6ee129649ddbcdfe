import { describe, expect, it, vi } from 'vitest';
import type { Lease, WaitOptions } from '../../../server/orchestrator/ports/lease.ts';
import { commitTurn, key, newPlace, stateOf, takeLease, turnCommit, unheard } from '../store/sample-turns.ts';
import type { Stores } from '../store/sample-turns.ts';

export interface LinesUnderTest extends Stores, AsyncDisposable {
  /** The same conversations, as another server sees them. */
  readonly elsewhere: Stores;
  /** How many stand in line. */
  readonly standing: () => Promise<number>;
  /** Lets time pass for those who wait; where it is real, it passes by itself. */
  readonly passTime: (byMs: number) => void;
}

/** Stands in line for the lease; its outcome is awaited by the test. */
function enqueue({ leases }: Stores, options: Partial<WaitOptions> = {}) {
  const place = newPlace();
  const { signal } = new AbortController();
  const wait = leases.enqueue(key, place, {
    at: 'back',
    maxMs: 10_000,
    mostWaiting: 100,
    signal,
    ...options,
  });
  return {
    wait,
    place,
    called: wait.untilCalled(),
    /** Takes the lease that it was called for, and leaves the line. */
    acquire: async (): Promise<Lease> => {
      const acquired = await leases.acquire(key, place);
      await wait.leave();
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for who was called');
      return acquired.lease;
    },
  };
}

type InLine = ReturnType<typeof enqueue>;

/** Does its turn when it is called, and gives the lease back. */
async function passThrough({ called, acquire }: InLine): Promise<void> {
  expect(await called).toBe('called');
  await (await acquire()).release(unheard);
}

async function ownerOf({ store }: Stores): Promise<string> {
  const { leaseToken } = await store.load(key, { turnId: null, opens: false });
  if (leaseToken === null) throw new Error('somebody was expected to have the lease');
  return leaseToken;
}

/** Stands there before the next comes. */
async function stands(world: LinesUnderTest, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await world.standing()).toBe(count), { interval: 5 });
}

/** The promises of the `LeaseKeeper` port to those who wait and those who interrupt, which every adapter keeps. */
export function describeLineConformance(name: string, open: () => Promise<LinesUnderTest>): void {
  describe(`${name}: the line for the lease`, () => {
    it('is served in the order of arrival, on whichever server they wait', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const order: number[] = [];
      const served: Promise<void>[] = [];
      for (const number of [1, 2, 3, 4, 5]) {
        const inLine = enqueue(number % 2 === 0 ? world : world.elsewhere);
        served.push(inLine.called.then(() => void order.push(number)).then(() => passThrough(inLine)));
        await stands(world, number);
      }
      await holder.release(unheard);
      await Promise.all(served);
      expect(order).toEqual([1, 2, 3, 4, 5]);
      expect(await world.standing()).toBe(0);
    });

    it('is served in the order of arrival, however many come at once', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const order: number[] = [];
      const all = Array.from({ length: 60 }, () => enqueue(world));
      const served = all.map((inLine, index) =>
        inLine.called.then(() => void order.push(index)).then(() => passThrough(inLine)),
      );
      await stands(world, all.length);
      await holder.release(unheard);
      await Promise.all(served);
      expect(order).toEqual(all.map((_, index) => index));
    });

    it('lets in no more than may stand there, on all servers together, and again once one has left', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const [first, second] = [world, world.elsewhere].map((server) => enqueue(server, { mostWaiting: 2 }));
      await stands(world, 2);
      for (const server of [world, world.elsewhere]) {
        const refused = enqueue(server, { mostWaiting: 2 });
        expect(await refused.called).toBe('full');
        await refused.wait.leave();
      }
      expect(await world.standing()).toBe(2);
      await second?.wait.leave();
      const third = enqueue(world.elsewhere, { mostWaiting: 2 });
      await stands(world, 2);
      await holder.release(unheard);
      for (const inLine of [first, third]) if (inLine !== undefined) await passThrough(inLine);
      expect(await world.standing()).toBe(0);
    });

    it('keeps the place of who stands there again, however full the line is', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world, { mostWaiting: 1 });
      await stands(world, 1);
      await holder.release(unheard);
      expect(await first.called).toBe('called');
      const interrupter = newPlace();
      expect(await world.leases.interrupt(key, interrupter, await ownerOf(world))).toBe(true);
      const second = enqueue(world.elsewhere, { mostWaiting: 1 });
      await stands(world, 1);
      const again = first.wait.untilCalled();
      await stands(world, 2);
      const acquired = await world.leases.acquire(key, interrupter);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for who interrupted');
      await acquired.lease.release(unheard);
      expect(await again).toBe('called');
      await (await first.acquire()).release(unheard);
      await passThrough(second);
    });

    it.each(['commits', 'gives the lease back'])('is called by a holder that %s', async (how) => {
      await using world = await open();
      const holder = await takeLease(world);
      const inLine = enqueue(world.elsewhere);
      await stands(world, 1);
      if (how === 'commits')
        expect(await world.store.commit(key, turnCommit(holder.token, null))).toBe('committed');
      else await holder.release(unheard);
      await passThrough(inLine);
    });

    it('is called at once when the lease is free, which it may be by then', async () => {
      await using world = await open();
      await passThrough(enqueue(world));
    });

    it('has who stands at the front called before all others', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const back = enqueue(world);
      await stands(world, 1);
      const front = enqueue(world.elsewhere, { at: 'front' });
      await stands(world, 2);
      await holder.release(unheard);
      expect(await front.called).toBe('called');
      expect(await world.leases.acquire(key, back.place)).toEqual({ kind: 'held' });
      await (await front.acquire()).release(unheard);
      await passThrough(back);
    });

    it('lets nobody overtake who is called and has not come for the lease yet', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await stands(world, 1);
      const second = enqueue(world);
      await stands(world, 2);
      await holder.release(unheard);
      await first.called;
      for (const place of [newPlace(), second.place, newPlace()]) {
        expect(await world.leases.acquire(key, place)).toEqual({ kind: 'held' });
        expect(await world.elsewhere.leases.acquire(key, place)).toEqual({ kind: 'held' });
      }
      await passThrough(first);
      await passThrough(second);
    });

    it('is left by who waits no longer: nobody calls it then', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const leaving = enqueue(world, { maxMs: 30 });
      await stands(world, 1);
      const staying = enqueue(world);
      await stands(world, 2);
      world.passTime(30);
      expect(await leaving.called).toBe('timed-out');
      await leaving.wait.leave();
      await leaving.wait.leave();
      expect(await world.standing()).toBe(1);
      await holder.release(unheard);
      await passThrough(staying);
    });

    it('goes on to the next when who was called leaves instead of coming for the lease', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const leaving = enqueue(world);
      await stands(world, 1);
      const next = enqueue(world.elsewhere);
      await stands(world, 2);
      await holder.release(unheard);
      await leaving.called;
      await leaving.wait.leave();
      await passThrough(next);
      await (await takeLease(world)).release(unheard);
    });

    it('is left at once, with the reason, by who is told to wait no longer', async () => {
      await using world = await open();
      await takeLease(world);
      const closing = new AbortController();
      const inLine = enqueue(world, { signal: closing.signal });
      await stands(world, 1);
      const reason = new Error('closing');
      closing.abort(reason);
      await expect(inLine.called).rejects.toBe(reason);
      await inLine.wait.leave();
      expect(await world.standing()).toBe(0);
    });

    it('of one conversation is no concern of another', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const inLine = enqueue(world);
      await stands(world, 1);
      await commitTurn(world, { ...key, conversationId: 'another' });
      await (await takeLease(world, { ...key, user: 'another' })).release(unheard);
      expect(await world.standing()).toBe(1);
      await holder.release(unheard);
      await passThrough(inLine);
    });
  });

  describe(`${name}: an interruption`, () => {
    it.each([
      ['this server', (world: LinesUnderTest) => world],
      ['another server', ({ elsewhere }: LinesUnderTest) => elsewhere],
    ])('from %s aborts the holder, whose commit stores nothing', async (_where, interrupterOf) => {
      await using world = await open();
      await commitTurn(world);
      const holder = await takeLease(world);
      const before = await stateOf(world);
      const aborted = new Promise((resolve) => holder.signal.addEventListener('abort', resolve));
      const { leases } = interrupterOf(world);
      expect(await leases.interrupt(key, newPlace(), holder.token)).toBe(true);
      await aborted;
      expect(holder.signal.reason).toMatchObject({ reason: 'TURN_INTERRUPTED', retryable: true });
      expect(await world.store.commit(key, turnCommit(holder.token, before))).toBe('interrupted');
      expect(await stateOf(world)).toEqual(before);
    });

    it('takes the right to commit at once: the holder need not have heard of it', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const place = newPlace();
      const [, result, acquired] = await Promise.all([
        world.leases.interrupt(key, place, holder.token),
        world.store.commit(key, turnCommit(holder.token, null)),
        world.leases.acquire(key, place),
      ]);
      expect(result).toBe('interrupted');
      expect(acquired.kind).toBe('granted');
    });

    it('keeps the lease for the interrupter, whatever the interrupted holder does', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const place = newPlace();
      await world.elsewhere.leases.interrupt(key, place, holder.token);
      await holder.release(unheard);
      expect(await world.leases.acquire(key, newPlace())).toEqual({ kind: 'held' });
      expect((await world.elsewhere.leases.acquire(key, place)).kind).toBe('granted');
      await holder.release(unheard);
      expect(await world.leases.acquire(key, newPlace())).toEqual({ kind: 'held' });
    });

    it('that comes too late changes nothing: the holder has committed, and another holds the lease', async () => {
      await using world = await open();
      const first = await takeLease(world);
      expect(await world.store.commit(key, turnCommit(first.token, null))).toBe('committed');
      expect(await world.leases.interrupt(key, newPlace(), first.token)).toBe(false);
      const second = await takeLease(world);
      expect(await world.leases.interrupt(key, newPlace(), first.token)).toBe(false);
      expect(second.signal.aborted).toBe(false);
      expect(await ownerOf(world)).toBe(second.token);
      expect(await world.store.commit(key, turnCommit(second.token, await stateOf(world)))).toBe('committed');
    });

    it('goes before the line, which keeps its order', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await stands(world, 1);
      const second = enqueue(world.elsewhere);
      await stands(world, 2);
      const place = newPlace();
      await world.leases.interrupt(key, place, holder.token);
      const acquired = await world.leases.acquire(key, place);
      if (acquired.kind === 'held') throw new Error('the lease was expected to be kept for the interrupter');
      expect(await world.standing()).toBe(2);
      await acquired.lease.release(unheard);
      await first.called;
      expect(await world.leases.acquire(key, second.place)).toEqual({ kind: 'held' });
      await passThrough(first);
      await passThrough(second);
    });

    it('of who was called and has not come yet leaves that one first in line', async () => {
      await using world = await open();
      const holder = await takeLease(world);
      const first = enqueue(world);
      await stands(world, 1);
      const second = enqueue(world.elsewhere);
      await stands(world, 2);
      const order: string[] = [];
      const secondCalled = second.called.then(() => order.push('second'));
      await holder.release(unheard);
      await first.called;
      const place = newPlace();
      expect(await world.elsewhere.leases.interrupt(key, place, await ownerOf(world))).toBe(true);
      expect(await world.leases.acquire(key, first.place)).toEqual({ kind: 'held' });
      const again = first.wait.untilCalled();
      const acquired = await world.leases.acquire(key, place);
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
