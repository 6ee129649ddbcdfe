import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { MemoryLeaseKeeper } from '../../../server/testing/memory-lease-keeper.ts';
import { MemoryWorkflowStateStore } from '../../../server/testing/memory-workflow-state-store.ts';
import { MemoryWorld } from '../../../server/testing/memory-world.ts';
import { key } from '../store/sample-turns.ts';
import { describeLeaseConformance } from './lease-conformance.ts';
import { describeQueueConformance } from './queue-conformance.ts';

function openInMemory() {
  const clock = new ManualClock();
  const world = new MemoryWorld(clock);
  const store = new MemoryWorkflowStateStore(world, { ttlSeconds: 60, transcriptMaxTurns: 10 });
  const stores = {
    store,
    leases: new MemoryLeaseKeeper(world, store),
  };
  return Promise.resolve({
    ...stores,
    elsewhere: stores,
    waiting: () => Promise.resolve(world.conversation(key).waiting.length),
    passTime: (byMs: number) => clock.advance(byMs),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

describeLeaseConformance('in memory', openInMemory);
describeQueueConformance('in memory', openInMemory);
