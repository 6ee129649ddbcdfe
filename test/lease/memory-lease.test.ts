import { ManualClock } from '../../server/testing/manual-clock.ts';
import { MemoryLeaseKeeper } from '../../server/testing/memory-lease-keeper.ts';
import { MemoryWorkflowStateStore } from '../../server/testing/memory-workflow-state-store.ts';
import { MemoryWorld } from '../../server/testing/memory-world.ts';
import { describeLeaseConformance } from './lease-conformance.ts';

describeLeaseConformance('in memory', () => {
  const world = new MemoryWorld(new ManualClock());
  return Promise.resolve({
    store: new MemoryWorkflowStateStore(world, { ttlSeconds: 60, transcriptMaxTurns: 10 }),
    leases: new MemoryLeaseKeeper(world),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
