import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { MemoryConversationFeed } from '../../../server/testing/memory-conversation-feed.ts';
import { MemoryLeaseKeeper } from '../../../server/testing/memory-lease-keeper.ts';
import { MemoryWorkflowStateStore } from '../../../server/testing/memory-workflow-state-store.ts';
import { MemoryWorld } from '../../../server/testing/memory-world.ts';
import { describeFeedConformance } from './feed-conformance.ts';

describeFeedConformance('in memory', () => {
  const world = new MemoryWorld(new ManualClock());
  const store = new MemoryWorkflowStateStore(world, { ttlSeconds: 60, transcriptMaxTurns: 10 });
  const server = {
    store,
    leases: new MemoryLeaseKeeper(world, store),
    feed: new MemoryConversationFeed(world),
  };
  return Promise.resolve({
    ...server,
    elsewhere: server,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
