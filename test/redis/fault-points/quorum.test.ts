import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { openWorld, settle } from './world.ts';
import type { FaultyServer, World } from './world.ts';

let masters: Awaited<ReturnType<typeof startOwnRedis>>[];
let world: World;
beforeAll(async () => {
  masters = await Promise.all([startOwnRedis(), startOwnRedis(), startOwnRedis()]);
  const urls = masters.map(({ url }) => url).join(',');
  world = await openWorld(inject('redisUrl'), { REDIS_LOCK_URLS: urls });
});
afterAll(async () => {
  await world.end();
  await Promise.all(masters.map((master) => master[Symbol.asyncDispose]()));
});

// Only with a quorum does the lease outlive the commit: the masters keep it too, and must release it.
describe.concurrent('a committed turn under a lease of several masters, before it released the lease', () => {
  const faults: Record<string, (faulty: FaultyServer) => unknown> = {
    'something threw': () => {
      throw new Error('a fault');
    },
    'lost the connection to Redis': ({ proxy }) => proxy.cut(),
  };
  for (const [what, act] of Object.entries(faults)) {
    it(`${what}: stands, and another goes on when the lease has run out`, async () => {
      await using faulty = await world.startFaulty();
      const { id, turn, expectTurns } = world.conversation(what.replace(/\W/g, '-'));
      await turn(faulty, 'turn-1');
      faulty.faults.arm(id, { point: 'release-due', act: () => act(faulty) });
      expect((await turn(faulty, 'turn-2')).status).toBe(200);
      const settled = await settle(() => turn(world.other, 'turn-2'));
      expect(settled.data).toMatchObject({ replayed: true, turn: { number: 2 } });
      await settle(() => turn(world.other, 'turn-3'));
      // The agent's conversation has continued: the turns have happened.
      await expectTurns('turn-1', 'turn-2', 'turn-3');
    });
  }
});
