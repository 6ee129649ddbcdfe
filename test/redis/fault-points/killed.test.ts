import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { faultPoints } from './armed-faults.ts';
import { startFaultyProcess } from './faulty-process.ts';
import { turnToFault } from './run-faulty-server.ts';
import { openWorld, settle, soon } from './world.ts';
import type { World } from './world.ts';

type Outcome = 'answered' | 'broken';

describe('a server that is killed (SIGKILL) with turns in it', () => {
  let world: World;
  const outcomes = new Map<string, Outcome>();

  // One process dies with one turn held at each window.
  beforeAll(async () => {
    world = await openWorld(inject('redisUrl'));
    const faulty = await startFaultyProcess(world.env, world.onHeard);
    const calls = faultPoints.map(async (point) => {
      const { id, turn } = world.conversation(point);
      // On a busy machine the lease of a first turn may expire, and the turn is repeated as a client would.
      await vi.waitFor(async () => expect((await turn(faulty, 'turn-1')).status).toBe(200), soon);
      const { reached } = await faulty.arm(id, point);
      const call = turn(faulty, turnToFault(point));
      const outcome = call.then(
        (): Outcome => 'answered',
        (): Outcome => 'broken',
      );
      await reached;
      return { point, outcome };
    });
    const reached = await Promise.all(calls);
    await faulty.end();
    for (const { point, outcome } of reached) outcomes.set(point, await outcome);
  });
  afterAll(() => world.end());

  for (const point of faultPoints) {
    it.concurrent(`at "${point}": all of it or nothing, and the same turn id settles it elsewhere, soon`, async () => {
      const { turn, expectTurns, toldToAgent } = world.conversation(point);
      const turnId = turnToFault(point);
      expect(outcomes.get(point)).toBe('broken');
      const wasStored = point === 'commit-sent';
      const settled = await settle(() => turn(world.other, turnId));
      expect(settled.data).toMatchObject({ replayed: wasStored, turn: { number: 2 } });
      await turn(world.other, 'turn-3');
      await expectTurns('turn-1', turnId, 'turn-3');
      // Nobody can tell whether the dead server's agent had heard the turn, so the server assumes that it had.
      expect(await toldToAgent()).toEqual(wasStored ? ['turn-1', turnId, 'turn-3'] : [turnId, 'turn-3']);
    });
  }
});
