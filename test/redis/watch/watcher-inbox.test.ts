import { describe, expect, it } from 'vitest';
import { limits } from '../../../server/domain/limits.ts';
import { WatcherInbox } from '../../../server/watch/watcher-inbox.ts';
import type { FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';

function running(text: string, turnId = 'turn-1'): FeedMessage {
  return {
    type: 'running',
    turnId,
    turnNumber: 1,
    shown: { texts: [{ streamId: 's', text }], typing: null },
  };
}
function failed(turnId: string): FeedMessage {
  return { type: 'failed', turnId, turnNumber: 1, reason: 'AGENT_FAILED' };
}
const changed: FeedMessage = { type: 'changed' };

describe("a watcher's inbox", () => {
  it('hands over in order: the newest state of a running turn, and one look for all that has changed', async () => {
    const inbox = new WatcherInbox();
    for (const message of [running('Wh'), running('Where'), changed, failed('turn-0'), changed])
      inbox.put(message);
    expect([await inbox.next(), await inbox.next(), await inbox.next()]).toEqual([
      running('Where'),
      changed,
      failed('turn-0'),
    ]);
    const next = inbox.next();
    inbox.put(changed);
    expect(await next).toEqual(changed);
  });

  it('holds nothing of a turn that has failed, or whose place another has taken', async () => {
    const inbox = new WatcherInbox();
    for (const message of [running('a', 'turn-1'), running('b', 'turn-2'), failed('turn-2')])
      inbox.put(message);
    expect(await inbox.next()).toEqual(failed('turn-2'));
    inbox.put(changed);
    expect(await inbox.next()).toEqual(changed);
  });

  it('is bounded: a watcher that does not keep up is dropped with an error that says to come back', async () => {
    const inbox = new WatcherInbox();
    for (let count = 0; count <= limits.watcherMessages; count += 1) inbox.put(failed(`turn-${count}`));
    await expect(inbox.next()).rejects.toMatchObject({ reason: 'OVERLOADED', retryable: true });
  });

  it('drops nobody for the length of a text, however often it grows', async () => {
    const inbox = new WatcherInbox();
    const text = 'x'.repeat(limits.liveChars);
    for (let count = 0; count <= 2 * limits.watcherMessages; count += 1) inbox.put(running(text));
    expect(await inbox.next()).toEqual(running(text));
  });

  it('does not count what has been taken', async () => {
    const inbox = new WatcherInbox();
    inbox.put(failed('turn-0'));
    for (let count = 1; count <= 2 * limits.watcherMessages; count += 1) {
      inbox.put(failed(`turn-${count}`));
      expect(await inbox.next()).toEqual(failed(`turn-${count - 1}`));
    }
  });

  it('is emptied when the watch ends', async () => {
    const inbox = new WatcherInbox();
    inbox.put(changed);
    const ended = new WatcherInbox();
    const waiting = ended.next();
    ended.end(null);
    inbox.end(null);
    expect([await inbox.next(), await waiting]).toEqual([null, null]);
  });
});
