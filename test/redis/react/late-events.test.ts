import { describe, expect, it } from 'vitest';
import { runtimeOf } from '../../../client-sdk/src/react/runtime.ts';
import { ConversationQuery } from '../../../client-sdk/src/react/session/conversation-query.ts';
import { ConversationWatch } from '../../../client-sdk/src/react/session/conversation-watch.ts';
import { ObservableState, initialState } from '../../../client-sdk/src/react/session/session-state.ts';
import type { AnyWatchEvent } from '../../../client-sdk/src/results.ts';
import { deferred } from '../../support/deferred.ts';
import { openPage } from './support/open-page.ts';

/**
 * Returns the running turn after the watch of a one-turn conversation has reported the start of the turn of that
 * number.
 */
async function runningAfterStartOf(turnNumber: number) {
  await using page = await openPage();
  const { conversation } = await page.say('c');
  const state = new ObservableState({ ...initialState, stored: await conversation.get() });
  const allTaken = deferred();
  async function* events(): AsyncGenerator<AnyWatchEvent> {
    yield await Promise.resolve({ type: 'watch.started', turnNumber: 0 });
    yield { type: 'turn.started', turnId: 't', turnNumber };
    allTaken.resolve();
  }
  const watch = new ConversationWatch({
    handle: { watch: events },
    query: new ConversationQuery(runtimeOf(page.client, page.queryClient), 'c'),
    state,
    isAwaited: () => false,
    onStored: () => undefined,
    onSeen: () => undefined,
    onEnded: () => undefined,
    onConnected: () => undefined,
  });
  watch.begin();
  await allTaken.promise;
  return state.now.running?.answer.turnId ?? null;
}

describe('a turn whose start the watch reports', () => {
  it('runs', async () => {
    expect(await runningAfterStartOf(2)).toBe('t');
  });

  it('does not run any more if its own answer was faster', async () => {
    expect(await runningAfterStartOf(1)).toBeNull();
  });
});
