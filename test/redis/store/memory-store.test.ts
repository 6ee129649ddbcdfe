import { describe, expect, it } from 'vitest';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { MemoryLeaseKeeper } from '../../../server/testing/memory-lease-keeper.ts';
import { MemoryWorkflowStateStore } from '../../../server/testing/memory-workflow-state-store.ts';
import { MemoryWorld } from '../../../server/testing/memory-world.ts';
import {
  allTurns,
  commitTurn,
  justTheLease,
  key,
  look,
  newTicket,
  nothing,
  turnCommit,
} from './sample-turns.ts';
import { describeStoreConformance } from './store-conformance.ts';

const ttlSeconds = 3_600;

function openMemory({ transcriptMaxTurns } = { transcriptMaxTurns: 500 }) {
  const clock = new ManualClock();
  const world = new MemoryWorld(clock);
  const store = new MemoryWorkflowStateStore(world, { ttlSeconds, transcriptMaxTurns });
  return {
    store,
    leases: new MemoryLeaseKeeper(world, store),
    clock,
    world,
    pass: () => {
      clock.advance(1_000);
      return Promise.resolve();
    },
    // The clock stands still while the conversations are opened.
    level: () => Promise.resolve(),
    damageState: (of: ConversationKey, text: string) => {
      world.conversation(of).state = text;
      return Promise.resolve();
    },
    damageLog: (of: ConversationKey, texts: readonly string[]) => {
      world.conversation(of).log = new Map(
        texts.map((text, index) => [
          index + 1,
          { number: index + 1, text, format: null, whole: null, turnId: null },
        ]),
      );
      return Promise.resolve();
    },
    damageEntry: (of: ConversationKey, number: number, text: string) => {
      const { log } = world.conversation(of);
      const entry = log.get(number);
      if (entry === undefined) throw new Error(`there is no turn ${number}`);
      log.set(number, { ...entry, text });
      return Promise.resolve();
    },
    lifeOf: (of: ConversationKey) => Promise.resolve(world.conversation(of).expiresAt - clock.now()),
    shorten: (of: ConversationKey, leftMs: number) => {
      world.conversation(of).expiresAt = clock.now() + leftMs;
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

describeStoreConformance('in memory', (limits) => Promise.resolve(openMemory(limits)));

describe('in memory: life (I7)', () => {
  it('forgets a conversation, turn ids and place in the list included, when its time is over', async () => {
    const memory = openMemory();
    await commitTurn(memory);
    memory.clock.advance(ttlSeconds * 1000 - 1);
    expect((await memory.store.list(key, { limit: 10 })).conversations).toHaveLength(1);
    memory.clock.advance(1);
    expect((await memory.store.list(key, { limit: 10 })).conversations).toHaveLength(0);
    expect(await look(memory, key, { turnId: 'turn-1', opens: false })).toEqual(nothing);
  });

  it('restarts the full time with every load, read and commit, but not with a look at the list', async () => {
    const memory = openMemory();
    const almostAll = ttlSeconds * 1000 - 1;
    await commitTurn(memory);
    memory.clock.advance(almostAll);
    await memory.store.read(key, allTurns);
    memory.clock.advance(almostAll);
    await look(memory, key, { turnId: null, opens: false });
    memory.clock.advance(almostAll);
    await commitTurn(memory);
    memory.clock.advance(almostAll);
    await memory.store.list(key, { limit: 10 });
    memory.clock.advance(1);
    expect(await memory.store.read(key, allTurns)).toBeNull();
  });
});

describe('in memory: taken away by a test', () => {
  it('refuses every call as an unreachable Redis does, and has lost nothing when it is back', async () => {
    const memory = openMemory();
    const { state } = await commitTurn(memory);
    memory.world.isDown = true;
    const { store, leases } = memory;
    const guard = { leaseToken: 'any', loaded: null };
    const calls: (() => Promise<unknown>)[] = [
      () => leases.acquire(key, newTicket(), justTheLease),
      () => look(memory, key, { turnId: null, opens: true }),
      () => store.read(key, allTurns),
      () => store.commit(key, turnCommit('any', null)),
      () => store.purge(key, guard),
      () => store.list(key, { limit: 10 }),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    expect(await store.isReachable()).toBe(false);
    memory.world.isDown = false;
    expect((await store.read(key, allTurns))?.state).toEqual(state);
  });
});
