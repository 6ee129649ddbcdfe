import { clientErrorOf } from '../client-error-of.ts';
import type { ConversationQuery } from './conversation-query.ts';
import type { ObservableState } from './observable-state.ts';
import type { SessionState } from './session-state.ts';
import { withOlder } from './stored-conversation.ts';

interface Shown {
  readonly state: ObservableState<SessionState>;
  readonly query: ConversationQuery;
}

/** Puts a page of older messages before those that are shown, if there are any. One page is loaded at a time. */
export async function loadOlder({ state, query }: Shown): Promise<void> {
  const { stored, isLoadingOlder } = state.now;
  const before = stored?.olderBefore ?? null;
  if (before === null || isLoadingOlder) return;
  state.set({ isLoadingOlder: true, olderError: null });
  try {
    const page = await query.fetchOlder(before);
    const { cached } = query;
    // Otherwise it has been loaded anew, and this page is none of the one before it any more.
    if (cached?.olderBefore === before) query.put(withOlder(cached, page));
    state.set({ isLoadingOlder: false });
  } catch (thrown) {
    state.set({ isLoadingOlder: false, olderError: clientErrorOf(thrown) });
  }
}
