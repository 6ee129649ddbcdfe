import { describe, expect, it } from 'vitest';
import { nothingShown } from '../../../server/answer/live-answer.ts';
import type { FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';
import { ManualClock } from '../../../server/testing/index.ts';
import { ConversationHub } from '../../../server/watch/conversation-hub.ts';

const running = { type: 'running', turnId: 'turn-1', turnNumber: 1, shown: nothingShown } as const;
const failed = { type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'LEASE_LOST' } as const;

function openHub() {
  const clock = new ManualClock();
  let timesEmpty = 0;
  const hub = new ConversationHub({
    silence: { clock, afterMs: 10_000 },
    whenEmpty: () => {
      timesEmpty += 1;
    },
  });
  const heard: FeedMessage[] = [];
  const leave = hub.join((message) => void heard.push(message));
  return { clock, hub, heard, leave, timesEmpty: () => timesEmpty };
}

/** Returns the messages that a new subscriber gets. */
function toldLate(hub: ConversationHub): FeedMessage[] {
  const late: FeedMessage[] = [];
  hub.join((message) => void late.push(message));
  return late;
}

describe('a turn whose server says nothing more of it', () => {
  it('is taken for failed after a while, and shown to nobody who comes later', () => {
    const { clock, hub, heard } = openHub();
    hub.take(running);
    clock.advance(9_000);
    hub.take(running);
    clock.advance(9_999);
    expect(heard).toEqual([running, running]);
    clock.advance(1);
    expect(heard.at(-1)).toEqual(failed);
    expect(toldLate(hub)).toEqual([]);
  });

  it('is not where it was committed, or has failed by its own account', () => {
    const { clock, hub, heard } = openHub();
    hub.take(running);
    hub.take({ type: 'changed' });
    clock.advance(60_000);
    expect(heard.slice(1)).toEqual([{ type: 'changed' }]);
  });
});

describe('a turn that has taken the place of another', () => {
  it('goes on when it is told late that the other has failed', () => {
    const { hub, heard } = openHub();
    hub.take(running);
    hub.take({ ...running, turnId: 'turn-2' });
    hub.take({ ...failed, reason: 'TURN_INTERRUPTED' });
    expect(heard.map(({ type }) => type)).toEqual(['running', 'running', 'failed']);
    expect(toldLate(hub)).toMatchObject([{ type: 'running', turnId: 'turn-2' }]);
  });

  it('is not replaced by a late message about an earlier one', () => {
    const { hub, heard } = openHub();
    hub.take({ ...running, turnId: 'turn-2', turnNumber: 2 });
    hub.take(running);
    expect(heard).toHaveLength(1);
    expect(toldLate(hub)).toMatchObject([{ turnId: 'turn-2' }]);
  });
});

describe('the listeners of a conversation', () => {
  it('are counted once each: the last one to leave empties the hub, once', () => {
    const { hub, leave, timesEmpty } = openHub();
    const leaveToo = hub.join(() => undefined);
    leave();
    leave();
    expect(timesEmpty()).toBe(0);
    leaveToo();
    leaveToo();
    expect(timesEmpty()).toBe(1);
  });

  it('are told where a running turn is, and still so after messages were missed', () => {
    const { hub, heard } = openHub();
    hub.take(running);
    hub.lookAgain();
    expect(heard).toEqual([running, { type: 'changed' }]);
    expect(toldLate(hub)).toEqual([running]);
  });
});
