import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { faultPoints } from './armed-faults.ts';
import { startFaultyProcess } from './faulty-process.ts';
import { turnToFault } from './run-faulty-server.ts';
import { openWorld, settle, soon } from './world.ts';
import type { World } from './world.ts';

type Point = (typeof faultPoints)[number];
type Answer = Awaited<ReturnType<typeof settle>>;

/** The failure that the paused turn's caller gets in the end; null for the turn's result. */
const told: Readonly<Record<Point, string | null>> = {
  'lease-taken': 'LEASE_LOST',
  loaded: 'LEASE_LOST',
  'agent-asked': 'LEASE_LOST',
  'commit-due': 'LEASE_LOST',
  // The commit was sent before the pause.
  'commit-sent': null,
  'release-due': 'AGENT_FAILED',
};

describe('a server that is paused (SIGSTOP) past its leases with turns in it, while another goes on', () => {
  let world: World;
  let faulty: Awaited<ReturnType<typeof startFaultyProcess>>;
  const between = new Map<Point, Answer>();
  const paused = new Map<Point, Answer>();

  // One process is stopped with one turn held at each window.
  beforeAll(async () => {
    world = await openWorld(inject('redisUrl'));
    faulty = await startFaultyProcess(world.env, world.onHeard);
    const calls = await Promise.all(
      faultPoints.map(async (point) => {
        const { id, turn } = world.conversation(point);
        // On a busy machine the lease of a first turn may expire, and the turn is repeated as a client would.
        await vi.waitFor(async () => expect((await turn(faulty, 'turn-1')).status).toBe(200), soon);
        const { reached } = await faulty.arm(id, point);
        const call = turn(faulty, turnToFault(point));
        await reached;
        return { point, call, turn };
      }),
    );
    // The request may still be in transit inside the process that is about to stop.
    const sent = world.conversation('commit-sent');
    await vi.waitFor(
      async () => expect(await sent.turnIds()).toEqual(['turn-1', turnToFault('commit-sent')]),
      soon,
    );
    await faulty.pause();
    await Promise.all(
      calls.map(async ({ point, turn }) => {
        between.set(point, await settle(() => turn(world.other, 'turn-of-another')));
      }),
    );
    faulty.goOn();
    for (const { point, call } of calls) paused.set(point, await call);
  });
  afterAll(async () => {
    await faulty.end();
    await world.end();
  });

  for (const point of faultPoints) {
    it(`at "${point}": what the other did stands, its own turn stands or not, and is told which`, async () => {
      const { turn, expectTurns } = world.conversation(point);
      const turnId = turnToFault(point);
      const wasStored = point === 'commit-sent';
      const turns = wasStored ? ['turn-1', turnId, 'turn-of-another'] : ['turn-1', 'turn-of-another'];
      expect(between.get(point)?.data).toMatchObject({ replayed: false, turn: { number: turns.length } });
      const failure = paused.get(point)?.error?.data ?? null;
      // If the pause came before the commit's reply was read, the command has timed out: its outcome is unknown.
      if (wasStored && failure !== null) expect(failure).toMatchObject({ isOutcomeUnknown: true });
      else expect(failure?.reason ?? null).toBe(told[point]);
      await expectTurns(...turns);
      const settled = await settle(() => turn(world.other, turnId));
      expect(settled.data).toMatchObject({ replayed: wasStored, turn: { number: wasStored ? 2 : 3 } });
      await expectTurns(...(wasStored ? turns : [...turns, turnId]));
    });
  }
});
