import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { faultPoints } from './armed-faults.ts';
import { turnToFault } from './run-faulty-server.ts';
import { openWorld, settle, soon } from './world.ts';
import type { FaultyServer, World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld(inject('redisUrl'));
});
afterAll(() => world.end());

type Point = (typeof faultPoints)[number];

interface Fault {
  readonly act: (faulty: FaultyServer) => unknown;
  readonly mend: (faulty: FaultyServer) => unknown;
  /** The failure that the caller gets. */
  readonly told: Readonly<Record<Point, string>>;
  /** The points at which the turn is already stored. */
  readonly stored: readonly Point[];
}

const faults: Record<string, Fault> = {
  'something throws': {
    act: () => {
      throw new Error('a fault');
    },
    mend: () => undefined,
    told: {
      'lease-taken': 'INTERNAL',
      loaded: 'INTERNAL',
      'agent-asked': 'AGENT_FAILED',
      'commit-due': 'INTERNAL',
      'commit-sent': 'INTERNAL',
      // The turn's own failure: the failed release must not mask it.
      'release-due': 'AGENT_FAILED',
    },
    stored: ['commit-sent'],
  },
  'the connection to Redis breaks, and stays broken': {
    act: ({ proxy }) => proxy.cut(),
    mend: ({ proxy }) => proxy.mend(),
    told: {
      'lease-taken': 'STATE_STORE_UNAVAILABLE',
      loaded: 'STATE_STORE_UNAVAILABLE',
      'agent-asked': 'STATE_STORE_UNAVAILABLE',
      'commit-due': 'STATE_STORE_UNAVAILABLE',
      'commit-sent': 'STATE_STORE_UNAVAILABLE',
      'release-due': 'AGENT_FAILED',
    },
    stored: [],
  },
};

for (const [name, { act, mend, told, stored }] of Object.entries(faults)) {
  describe.concurrent(`a turn in which ${name}`, () => {
    for (const point of faultPoints) {
      it(`at "${point}": all of it or nothing, told which, and the same turn id settles it elsewhere`, async () => {
        await using faulty = await world.startFaulty();
        const { id, turn, turnIds, expectTurns } = world.conversation(
          `turn, ${name}, ${point}`.replace(/\W/g, '-'),
        );
        expect((await turn(faulty, 'turn-1')).status).toBe(200);
        faulty.faults.arm(id, { point, act: () => act(faulty) });
        const faulted = turnToFault(point);
        expect((await turn(faulty, faulted)).error?.data.reason).toBe(told[point]);
        const isStored = stored.includes(point);
        expect(await turnIds()).toEqual(isStored ? ['turn-1', faulted] : ['turn-1']);
        mend(faulty);

        const settled = await settle(() => turn(world.other, faulted));
        expect(settled.data).toMatchObject({ replayed: isStored, turn: { number: 2 } });
        await settle(() => turn(faulty, 'turn-3'));
        await expectTurns('turn-1', faulted, 'turn-3');
      });
    }
  });

  describe.concurrent(`an end in which ${name}`, () => {
    for (const point of faultPoints.filter((any) => any !== 'agent-asked')) {
      it(`at "${point}": it stands or not, and the same call settles it elsewhere`, async () => {
        await using faulty = await world.startFaulty();
        const { id, turn, end, expectTurns } = world.conversation(
          `end, ${name}, ${point}`.replace(/\W/g, '-'),
        );
        await turn(faulty, 'turn-1');
        faulty.faults.arm(id, { point, act: () => act(faulty) });
        // Only a refused end has a lease to release.
        const answer = await end(faulty, point === 'release-due' ? 'completed' : 'cancelled');
        expect(answer.error?.data.reason).toBe(told[point].replace('AGENT_FAILED', 'FIELDS_MISSING'));
        mend(faulty);

        const settled = await settle(() => end(world.other));
        expect(settled.data).toMatchObject({ workflowState: { status: 'ended', turnCount: 1 } });
        expect((await turn(world.other, 'too-late')).error?.data.reason).toBe('WORKFLOW_ENDED');
        await expectTurns('turn-1');
      });
    }
  });
}

describe.concurrent('a turn that lost its lease before it asked the agent does not ask', () => {
  const hasLost = (faulty: FaultyServer) =>
    vi.waitFor(() => expect(faulty.lines.join()).toContain('"event":"lease.lost"'), soon);

  it('because it expired: the agent never hears the turn, and its conversation continues', async () => {
    await using faulty = await world.startFaulty();
    const { id, keys, turn, expectTurns, toldToAgent } = world.conversation('lost-before-asking');
    await turn(faulty, 'turn-1');
    const act = async (): Promise<void> => {
      await world.raw.del(keys.lock);
      await hasLost(faulty);
    };
    faulty.faults.arm(id, { point: 'loaded', act });
    expect((await turn(faulty, 'lost')).error?.data.reason).toBe('LEASE_LOST');
    expect((await turn(world.other, 'turn-2')).status).toBe(200);
    expect(await toldToAgent()).toEqual(['turn-1', 'turn-2']);
    await expectTurns('turn-1', 'turn-2');
  });

  it('nor does it open an agent conversation, in the first turn', async () => {
    await using faulty = await world.startFaulty();
    const { id, keys, turn, expectTurns } = world.conversation('lost-before-opening');
    const act = async (): Promise<void> => {
      await world.raw.del(keys.lock);
      await hasLost(faulty);
    };
    faulty.faults.arm(id, { point: 'loaded', act });
    expect((await turn(faulty, 'lost')).error?.data.reason).toBe('LEASE_LOST');
    expect((await turn(faulty, 'turn-1')).status).toBe(200);
    expect([...world.heard.keys()]).toContain(`${faulty.name}-1`);
    await expectTurns('turn-1');
  });

  it('because another call interrupted it: no agent hears the turn', async () => {
    await using faulty = await world.startFaulty();
    const { id, turn, expectTurns } = world.conversation('interrupted-before-asking');
    await turn(faulty, 'turn-1');
    const act = async (): Promise<void> => {
      expect((await turn(world.other, 'turn-2', 'interrupt')).status).toBe(200);
      await hasLost(faulty);
    };
    faulty.faults.arm(id, { point: 'loaded', act });
    expect((await turn(faulty, 'never-asked')).error?.data.reason).toBe('TURN_INTERRUPTED');
    expect([...world.heard.values()].flat()).not.toContain('never-asked');
    await expectTurns('turn-1', 'turn-2');
  });
});
