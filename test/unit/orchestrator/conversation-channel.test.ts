import { describe, expect, it } from 'vitest';
import { ConversationChannel } from '../../../server/orchestrator/conversation-channel.ts';
import type { FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';
import { ManualClock } from '../../../server/testing/index.ts';

const part = { turnId: 'turn-1', turnNumber: 1, events: [{ type: 'agent.typing' }] } as const;
const failed = { type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'LEASE_LOST' };

function openChannel() {
  const clock = new ManualClock();
  const channel = new ConversationChannel({ clock, afterMs: 10_000 });
  const heard: FeedMessage[] = [];
  const leave = channel.join((notice) => void heard.push(notice));
  return { clock, channel, heard, leave };
}

describe('a turn whose server says nothing more of it', () => {
  it('is taken for failed after a while, and shown to nobody who comes later', () => {
    const { clock, channel, heard } = openChannel();
    channel.show(part);
    clock.advance(9_000);
    channel.show(part);
    clock.advance(9_999);
    expect(heard).toEqual([{ type: 'live', ...part }]);
    clock.advance(1);
    expect(heard.at(-1)).toEqual(failed);
    const late: FeedMessage[] = [];
    channel.join((notice) => void late.push(notice));
    expect(late).toEqual([]);
  });

  it('is not where it was committed, or has failed by its own account', () => {
    const { clock, channel, heard } = openChannel();
    channel.show(part);
    channel.changed();
    clock.advance(60_000);
    expect(heard.slice(1)).toEqual([{ type: 'changed' }]);
  });
});

describe('a turn that has taken the place of another', () => {
  it('goes on when it is told late that the other has failed', () => {
    const { channel, heard } = openChannel();
    channel.show(part);
    channel.show({ ...part, turnId: 'turn-2' });
    channel.fail({ type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'TURN_INTERRUPTED' });
    expect(heard.map(({ type }) => type)).toEqual(['live', 'live', 'failed']);
    const late: FeedMessage[] = [];
    channel.join((notice) => void late.push(notice));
    expect(late).toMatchObject([{ type: 'live', turnId: 'turn-2' }]);
  });
});
