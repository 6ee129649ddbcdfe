import { describe, expect, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import type { Clock } from '../../../server/orchestrator/ports/clock.ts';
import type { Holder, LoadedConversation } from '../../../server/orchestrator/ports/workflow-state-store.ts';
import { leaseConversation } from '../../../server/orchestrator/lease-conversation.ts';
import type { LeaseRequest } from '../../../server/orchestrator/lease-conversation.ts';
import { key } from '../../redis/store/sample-turns.ts';
import { fakePorts, ownToken } from './fake-ports.ts';
import type { TurnSlot } from '../../../server/orchestrator/turn-gate.ts';

/** Maximum wait of a call with `fakePorts`, in milliseconds. */
const longestMs = 1_000;

const heldBy = (leaseToken: string | null, holder: Partial<Holder> | null): LoadedConversation => ({
  leaseToken,
  holder: holder === null ? null : { turnId: 'another', heldForMs: 700, isAgentStale: false, ...holder },
  state: null,
  committedTurn: null,
  lastTurns: [],
  cardTurn: null,
});

const busy = heldBy('token-of-another', {});
const busyWithThisTurn = heldBy('token-of-this', { turnId: 'turn-1' });
const free = heldBy(ownToken, null);
const replay = { ...free, committedTurn: { turnNumber: 1, inputDigest: 'digest', record: null } };

const slot: TurnSlot = { whileWaiting: (wait) => wait(), [Symbol.dispose]: () => undefined };

function take({ dependencies }: ReturnType<typeof fakePorts>, request: Partial<LeaseRequest> = {}) {
  const asked = { key, turnId: 'turn-1', whenBusy: 'reject', waitMs: undefined, ...request } as const;
  return leaseConversation(dependencies, asked, { slot });
}

describe('a call that meets no other', () => {
  it('has waited for 0 ms, although the clock moves on between any two looks at it', async () => {
    const { dependencies } = fakePorts({ acquire: 'granted', loads: [free] });
    let now = 0;
    const restless: Clock = {
      now: () => (now += 1),
      after: dependencies.clock.after.bind(dependencies.clock),
    };
    await using lease = await leaseConversation(
      { ...dependencies, clock: restless },
      { key, turnId: 'turn-1', whenBusy: 'reject', waitMs: undefined },
      { slot },
    );
    expect(lease).toMatchObject({ kind: 'leased', waitMs: 0 });
  });
});

describe('a call that would rather be refused than wait', () => {
  it.each([
    [0, 250],
    [100, 250],
    [1_234, 1_234],
    [60_000, 5_000],
  ])('is told after %i ms of the running turn to try again in %i ms', async (heldForMs, retryAfterMs) => {
    const ports = fakePorts({ acquire: 'held', loads: [heldBy('token-of-another', { heldForMs })] });
    await expect(take(ports)).rejects.toMatchObject({
      reason: 'TURN_IN_PROGRESS',
      runningForMs: heldForMs,
      retryAfterMs,
    });
    expect(ports.calls).toEqual(['acquire']);
  });

  it('is told to try again soon when somebody is next, and nobody runs yet', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [heldBy('place-of-another', null)] });
    const refused = await take(ports).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: 'TURN_IN_PROGRESS', retryAfterMs: 250, runningForMs: undefined });
  });

  it('is told what runs: another turn, or an end', async () => {
    for (const [turnId, words] of [
      ['another', 'Another turn of this conversation has been running for 0.7 s'],
      [null, 'An end of this conversation has been running for 0.7 s'],
    ] as const) {
      const ports = fakePorts({ acquire: 'held', loads: [heldBy('token-of-another', { turnId })] });
      await expect(take(ports)).rejects.toThrow(words);
    }
  });
});

describe('a turn id that was made for a caller who sent none', () => {
  it.each([
    [true, 'turn-1'],
    [false, null],
  ])('is looked up if it may have been used (%s)', async (mayBeReplayed, turnId) => {
    const ports = fakePorts({ acquire: 'granted', loads: [free] });
    const { leases } = ports.dependencies;
    const asked: unknown[] = [];
    const acquire: typeof leases.acquire = (key, ticket, request) => {
      asked.push(request.turnId);
      return leases.acquire(key, ticket, request);
    };
    await take(
      { ...ports, dependencies: { ...ports.dependencies, leases: { ...leases, acquire } } },
      { mayBeReplayed },
    );
    expect(asked).toEqual([turnId]);
  });
});

describe('a call that waits', () => {
  it('queues at the back, tries again when it is called, and leaves the queue', async () => {
    const ports = fakePorts({ acquire: ['held', 'granted'], loads: [busy, free], waits: ['called'] });
    expect(await take(ports, { whenBusy: 'wait' })).toMatchObject({ kind: 'leased', loaded: free });
    expect(ports.calls).toEqual([
      ...['acquire', `queue at the back for ${longestMs} ms`, 'wait'],
      ...['acquire', 'leave'],
    ]);
  });

  it.each([
    [400, 400],
    [longestMs + 1, longestMs],
    [86_400_000, longestMs],
    [undefined, longestMs],
  ])('when it says %s ms, waits for %i ms at most', async (waitMs, maxMs) => {
    const ports = fakePorts({ acquire: ['held', 'granted'], loads: [busy, free], waits: ['called'] });
    await take(ports, { whenBusy: 'wait', waitMs });
    expect(ports.calls).toContain(`queue at the back for ${maxMs} ms`);
  });

  it('for no time at all is refused as if it did not', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [busy] });
    await expect(take(ports, { whenBusy: 'wait', waitMs: 0 })).rejects.toMatchObject({ runningForMs: 700 });
    expect(ports.calls).toEqual(['acquire']);
  });

  it('waits on in the same place when it was called in vain', async () => {
    const waits = ['called', 'called'] as const;
    const ports = fakePorts({ acquire: ['held', 'held', 'granted'], loads: [busy, busy, free], waits });
    await take(ports, { whenBusy: 'wait' });
    expect(ports.calls.filter((call) => call.startsWith('queue'))).toHaveLength(1);
    expect(ports.calls.filter((call) => call === 'wait')).toHaveLength(2);
    expect(ports.calls.at(-1)).toBe('leave');
  });

  it('is refused when its time is over, and told which turn is in the way by then', async () => {
    const later = heldBy('token-of-a-third', { heldForMs: 4_321 });
    const loads = [busy, later];
    const ports = fakePorts({ acquire: 'held', loads, waits: ['timed-out'], eachWaitMs: 900 });
    await expect(take(ports, { whenBusy: 'wait' })).rejects.toMatchObject({
      reason: 'TURN_IN_PROGRESS',
      runningForMs: 4_321,
    });
    expect(ports.calls.at(-1)).toBe('leave');
    expect(ports.events).toEqual([
      { type: 'lease.contended', key, call: 'turn', outcome: 'refused', waitedMs: 900 },
    ]);
  });

  it('gets the lease after all when it is free as its time is over', async () => {
    const ports = fakePorts({ acquire: ['held', 'granted'], loads: [busy, free], waits: ['timed-out'] });
    expect((await take(ports, { whenBusy: 'wait' })).kind).toBe('leased');
  });

  it.each(['SHUTTING_DOWN', 'STATE_STORE_UNAVAILABLE'] as const)(
    'is told %s when that ends its wait, which is no contention, and leaves the queue',
    async (reason) => {
      const failure = new TurnkeeperError(reason, 'meanwhile');
      const ports = fakePorts({ acquire: 'held', loads: [busy], waits: [failure] });
      await expect(take(ports, { whenBusy: 'wait' })).rejects.toBe(failure);
      expect(ports.calls.at(-1)).toBe('leave');
      expect(ports.events).toEqual([]);
    },
  );

  it('tells how long it waited, and how long the try took that succeeded', async () => {
    const waits = ['called', 'called'] as const;
    const ports = fakePorts({
      acquire: ['held', 'held', 'granted'],
      loads: [busy, busy, free],
      waits,
      eachWaitMs: 300,
    });
    expect(await take(ports, { whenBusy: 'wait', turnId: null })).toMatchObject({
      waitMs: 600,
      loadMs: 0,
    });
    expect(ports.events).toEqual([
      { type: 'lease.contended', key, call: 'end', outcome: 'granted', waitedMs: 600 },
    ]);
  });
});

describe('a call for the very turn that is running (I4)', () => {
  it.each(['reject', 'wait', 'interrupt'] as const)(
    'waits at the front for its result, whatever it says (%s), and interrupts nothing',
    async (whenBusy) => {
      const loads = [busyWithThisTurn, replay];
      const ports = fakePorts({ acquire: 'held', loads, waits: ['called'], eachWaitMs: 50 });
      expect(await take(ports, { whenBusy })).toMatchObject({
        kind: 'replay',
        committedTurn: replay.committedTurn,
      });
      expect(ports.calls).toEqual([
        ...['acquire', `queue at the front for ${longestMs} ms`, 'wait'],
        ...['acquire', 'leave'],
      ]);
      expect(ports.events).toMatchObject([{ type: 'lease.contended', outcome: 'replayed', waitedMs: 50 }]);
    },
  );

  it('runs the turn itself when the running one fails', async () => {
    const ports = fakePorts({
      acquire: ['held', 'granted'],
      loads: [busyWithThisTurn, free],
      waits: ['called'],
    });
    expect(await take(ports)).toMatchObject({ kind: 'leased' });
    expect(ports.events).toMatchObject([{ outcome: 'granted' }]);
  });

  it('waits on, though it would not have for another, when another came first', async () => {
    const loads = [busyWithThisTurn, busy, replay];
    const ports = fakePorts({ acquire: 'held', loads, waits: ['called', 'called'] });
    expect((await take(ports)).kind).toBe('replay');
  });

  it('is refused when the turn runs for longer than the wait', async () => {
    const loads = [busyWithThisTurn, heldBy('token-of-this', { turnId: 'turn-1', heldForMs: 1_500 })];
    const ports = fakePorts({ acquire: 'held', loads, waits: ['timed-out'] });
    await expect(take(ports)).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS', runningForMs: 1_500 });
  });

  it('is none of an end: no two ends are the same', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [heldBy('token-of-another', { turnId: null })] });
    await expect(take(ports, { turnId: null })).rejects.toMatchObject({
      reason: 'TURN_IN_PROGRESS',
    });
    expect(ports.calls).toEqual(['acquire']);
  });
});

describe('a call that interrupts', () => {
  /** The ticket is enqueued before the interruption, so that the queue is left in the end whatever happens. */
  const ready = `queue at the front for ${longestMs} ms`;

  it("takes the holder's place, and the lease at once", async () => {
    const ports = fakePorts({ acquire: ['held', 'granted'], loads: [busy, free], interrupts: [true] });
    expect((await take(ports, { whenBusy: 'interrupt' })).kind).toBe('leased');
    expect(ports.calls).toEqual([
      ...['acquire', ready, 'interrupt token-of-another'],
      ...['acquire', 'leave'],
    ]);
    expect(ports.events).toMatchObject([{ type: 'lease.contended', outcome: 'granted', waitedMs: 0 }]);
  });

  it('takes the place of a call that is next and has not come yet', async () => {
    const loads = [heldBy('place-of-another', null), free];
    const ports = fakePorts({ acquire: ['held', 'granted'], loads, interrupts: [true] });
    await take(ports, { whenBusy: 'interrupt' });
    expect(ports.calls).toContain('interrupt place-of-another');
  });

  it('that comes too late for one holder interrupts the next', async () => {
    const ports = fakePorts({
      acquire: ['held', 'held', 'granted'],
      loads: [busy, heldBy('token-of-a-third', {}), free],
      interrupts: [false, true],
    });
    await take(ports, { whenBusy: 'interrupt' });
    expect(ports.calls.filter((call) => call.startsWith('interrupt'))).toEqual([
      'interrupt token-of-another',
      'interrupt token-of-a-third',
    ]);
  });

  it('that comes too late again and again waits at the front', async () => {
    const others = ['a', 'b', 'c', 'd'].map((owner) => heldBy(owner, {}));
    const ports = fakePorts({
      acquire: ['held', 'held', 'held', 'held', 'granted'],
      loads: [...others, free],
      interrupts: [false, false, false],
      waits: ['called'],
    });
    await take(ports, { whenBusy: 'interrupt' });
    expect(ports.calls.slice(-4)).toEqual(['acquire', 'wait', 'acquire', 'leave']);
  });

  it('gives its place up when it is not known whether it has interrupted', async () => {
    const interrupts = [new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'no answer')];
    const ports = fakePorts({ acquire: 'held', loads: [busy], interrupts });
    await expect(take(ports, { whenBusy: 'interrupt' })).rejects.toBe(interrupts[0]);
    expect(ports.calls.at(-1)).toBe('leave');
  });

  it('and is interrupted before it begins does not interrupt back: it waits at the front', async () => {
    const loads = [busy, heldBy('place-of-another-interrupter', null), free];
    const ports = fakePorts({
      acquire: ['held', 'held', 'granted'],
      loads,
      interrupts: [true],
      waits: ['called'],
    });
    await take(ports, { whenBusy: 'interrupt' });
    expect(ports.calls).toEqual([
      ...['acquire', ready, 'interrupt token-of-another', 'acquire'],
      ...['wait', 'acquire', 'leave'],
    ]);
  });

  it('interrupts nobody when the lease has just become free', async () => {
    const ports = fakePorts({
      acquire: ['held', 'granted'],
      loads: [heldBy(null, null), free],
      waits: ['called'],
    });
    await take(ports, { whenBusy: 'interrupt' });
    expect(ports.calls).toContain(`queue at the front for ${longestMs} ms`);
  });

  it('fails when it is not known whether it has interrupted', async () => {
    const failure = new TurnkeeperError('STATE_STORE_UNAVAILABLE', 'no answer');
    const ports = fakePorts({ acquire: 'held', loads: [busy], interrupts: [failure] });
    await expect(take(ports, { whenBusy: 'interrupt' })).rejects.toBe(failure);
    expect(ports.events).toEqual([]);
  });

  it('is an ordinary call when nobody is in the way', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [free] });
    expect((await take(ports, { whenBusy: 'interrupt' })).kind).toBe('leased');
    expect(ports.calls).toEqual(['acquire']);
    expect(ports.events).toEqual([]);
  });
});
