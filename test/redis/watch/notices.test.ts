import { describe, expect, it } from 'vitest';
import { limits } from '../../../server/domain/limits.ts';
import { WatcherInbox } from '../../../server/watch/watcher-inbox.ts';
import type { FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';

function live(offset: number, text: string, turnId = 'turn-1'): FeedMessage {
  const event = { type: 'message.delta', streamId: 's', offset, text } as const;
  return { type: 'live', turnId, turnNumber: 1, events: [event] };
}
const changed: FeedMessage = { type: 'changed' };

describe('what waits for a watcher', () => {
  it('is handed over in order, pieces of one text as one, and one look for all that has changed', async () => {
    const notices = new WatcherInbox();
    for (const notice of [live(0, 'Wh'), live(2, 'ere'), changed, live(0, 'a', 'turn-2'), changed])
      notices.put(notice);
    expect([await notices.next(), await notices.next(), await notices.next()]).toEqual([
      live(0, 'Where'),
      changed,
      live(0, 'a', 'turn-2'),
    ]);
    const next = notices.next();
    notices.put(changed);
    expect(await next).toEqual(changed);
  });

  it('is bounded: who does not keep up is dropped with an error that says to come back', async () => {
    const notices = new WatcherInbox();
    const piece = 'x'.repeat(10_000);
    for (let offset = 0; offset < 10 * limits.watcherChars; offset += piece.length)
      notices.put(live(offset, piece));
    await expect(notices.next()).rejects.toMatchObject({ reason: 'OVERLOADED', retryable: true });
    const short = new WatcherInbox();
    for (let count = 0; count <= limits.watcherEvents; count += 1) short.put(live(0, '', `turn-${count}`));
    await expect(short.next()).rejects.toMatchObject({ reason: 'OVERLOADED' });
  });

  it('does not count what has been taken', async () => {
    const notices = new WatcherInbox();
    const piece = 'x'.repeat(limits.watcherChars / 2 + 1);
    for (let count = 0; count < 10; count += 1) {
      notices.put(live(0, piece));
      expect(await notices.next()).toEqual(live(0, piece));
    }
  });

  it('counts neither what has been taken, though something always waits, nor what was replaced', async () => {
    const notices = new WatcherInbox();
    notices.put(live(0, 'a', 'turn-0'));
    for (let count = 1; count <= 2 * limits.watcherEvents; count += 1) {
      notices.put(live(0, 'a', `turn-${count}`));
      expect(await notices.next()).toEqual(live(0, 'a', `turn-${count - 1}`));
    }
    await notices.next();
    const typing = { type: 'agent.typing', text: 'x'.repeat(500) } as const;
    const told: FeedMessage = { type: 'live', turnId: 'turn-1', turnNumber: 1, events: [typing] };
    for (let count = 0; count < limits.watcherChars / 100; count += 1) notices.put(told);
    expect(await notices.next()).toEqual(told);
  });

  it('is dropped when the watch ends', async () => {
    const notices = new WatcherInbox();
    notices.put(changed);
    const ended = new WatcherInbox();
    const waiting = ended.next();
    ended.end(null);
    notices.end(null);
    expect([await notices.next(), await waiting]).toEqual([null, null]);
  });
});
