import type { ConversationKey } from '../../domain/identity.ts';
import type { WorkflowStateStore } from '../../orchestrator/ports/workflow-state-store.ts';

/** Is told which conversations there are. */
export interface ConversationCount {
  /** @param isNew true if this is the commit that opened it */
  noteStored(key: ConversationKey, detail?: { readonly isNew: boolean }): void;
  notePurged(key: ConversationKey): void;
}

/** A store whose conversations are counted: whatever gives one its full life, or ends it, is noted. */
export function countedStore(store: WorkflowStateStore, count: ConversationCount): WorkflowStateStore {
  return {
    ttlSeconds: store.ttlSeconds,
    read: async (key, page) => {
      const found = await store.read(key, page);
      if (found !== null) count.noteStored(key);
      return found;
    },
    readAfter: async (key, turns) => {
      const found = await store.readAfter(key, turns);
      // A read of no turns does not slide the conversation.
      if (found !== null && turns.limit > 0) count.noteStored(key);
      return found;
    },
    commit: async (key, commit) => {
      const result = await store.commit(key, commit);
      if (result === 'committed') count.noteStored(key, { isNew: commit.guard.loaded === null });
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
