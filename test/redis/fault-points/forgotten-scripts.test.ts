import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { faultPoints } from './armed-faults.ts';
import { failingTurn, turnToFault } from './run-faulty-server.ts';
import { openWorld } from './world.ts';
import type { FaultyServer, World } from './world.ts';

// The file has a Redis of its own, because the other tests' Redis must keep its scripts.
let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let world: World;
let faulty: FaultyServer;
beforeAll(async () => {
  redis = await startOwnRedis();
  world = await openWorld(redis.url);
  faulty = await world.startFaulty();
});
afterAll(async () => {
  await faulty.end();
  await world.end();
  await redis[Symbol.asyncDispose]();
});

describe('a turn in which Redis forgets its scripts', () => {
  for (const point of faultPoints) {
    it(`at "${point}": runs as if nothing had happened`, async () => {
      const { id, turn, turnIds, expectTurns } = world.conversation(point);
      await turn(faulty, 'turn-1');
      faulty.faults.arm(id, { point, act: () => world.raw.script('FLUSH') });
      const turnId = turnToFault(point);
      const answer = await turn(faulty, turnId);
      if (turnId === failingTurn) {
        expect(answer.error?.data.reason).toBe('AGENT_FAILED');
        expect(await turnIds()).toEqual(['turn-1']);
        // The lease was released, so nobody has to wait until it expires.
        expect((await turn(world.other, turnId, 'reject')).data).toMatchObject({ replayed: false });
      } else {
        expect(answer.data).toMatchObject({ replayed: false, turn: { number: 2 } });
      }
      expect((await turn(world.other, turnId)).data).toMatchObject({ replayed: true, turn: { number: 2 } });
      await turn(faulty, 'turn-3');
      await expectTurns('turn-1', turnId, 'turn-3');
    });
  }
});
