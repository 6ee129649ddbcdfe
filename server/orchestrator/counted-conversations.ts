/**
 * The store and the leases of conversations that are counted: every call that gives a conversation its full life, and every
 * one that ends it, is noted. A call that fails later, because its agent does, has lengthened the conversation's life too.
 */
import type { ConversationCount } from './ports/conversation-count.ts';
import type { LeaseKeeper } from './ports/lease.ts';
import type { WorkflowStateStore } from './ports/workflow-state-store.ts';

export function countedStore(store: WorkflowStateStore, count: ConversationCount): WorkflowStateStore {
  return {
    ttlSeconds: store.ttlSeconds,
    read: async (key, page) => {
      const found = await store.read(key, page);
      if (found !== null) count.noteUsed(key);
      return found;
    },
    readAfter: async (key, turns) => {
      const found = await store.readAfter(key, turns);
      // A read of no turns does not slide the conversation.
      if (found !== null && turns.limit > 0) count.noteUsed(key);
      return found;
    },
    commit: async (key, commit) => {
      const result = await store.commit(key, commit);
      if (result === 'committed') count.noteCommitted(key, { isNew: commit.guard.loaded === null });
      return result;
    },
    purge: async (key, guard) => {
      const result = await store.purge(key, guard);
      if (result === 'committed') count.notePurged(key);
      return result;
    },
    list: (identity, page) => store.list(identity, page),
    isReachable: () => store.isReachable(),
  };
}

export function countedLeases(leases: LeaseKeeper, count: ConversationCount): LeaseKeeper {
  return {
    acquire: async (key, ticket, request) => {
      const acquired = await leases.acquire(key, ticket, request);
      if (acquired.loaded.state !== null && request.purges !== true) count.noteUsed(key);
      return acquired;
    },
    enqueue: (key, ticket, options) => leases.enqueue(key, ticket, options),
    interrupt: (key, ticket, owner) => leases.interrupt(key, ticket, owner),
    stop: (key, turnId) => leases.stop(key, turnId),
    isReachable: () => leases.isReachable(),
  };
}
