import { describe, expect, it } from 'vitest';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { ActivityNotes, listedForMs } from '../../../server/redis/store/activity-notes.ts';
import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { key } from './sample-turns.ts';

const idOf = (conversationId: string) => ({ ...key, conversationId });
const listOf = new KeyBuilder('tk').conversations(key);

/** Notes that record what they would write, by a clock that may also be set back. The first writes fail. */
function openNotes({ failures = 0 } = {}) {
  const clock = new ManualClock();
  let setBackMs = 0;
  const written: string[] = [];
  const notes = new ActivityNotes({
    keys: new KeyBuilder('tk'),
    clock: { now: () => clock.now() - setBackMs, after: (delayMs, then) => clock.after(delayMs, then) },
    write: (listKey, activities, mode) => {
      const entries = activities.map(({ conversationId, ageMs }) => `${conversationId} ${ageMs}`);
      if (failures > 0) {
        failures -= 1;
        return Promise.reject(new Error('the list could not be written'));
      }
      written.push(`${mode} ${listKey === listOf ? '' : 'another list: '}${entries.join(', ')}`);
      return Promise.resolve();
    },
  });
  return { notes, clock, written, setBack: (byMs: number) => (setBackMs += byMs) };
}

describe('what a server notes of the lists', () => {
  it('is that a conversation is listed, for a minute after it has written that', () => {
    const { notes, clock } = openNotes();
    expect(notes.isListed(key)).toBe(false);
    notes.listed(key);
    expect(notes.isListed(key)).toBe(true);
    expect(notes.isListed(idOf('another'))).toBe(false);
    clock.advance(listedForMs);
    expect(notes.isListed(key)).toBe(false);
  });

  it('is nothing about an entry that seems to be of the future, because the clock was set back', () => {
    const { notes, setBack } = openNotes();
    notes.listed(key);
    setBack(1);
    expect(notes.isListed(key)).toBe(false);
  });

  it('is nothing about a conversation that was purged', async () => {
    const { notes, written } = openNotes();
    notes.listed(key);
    notes.active(key, 'refresh');
    notes.forget(key);
    await notes.flush(key);
    expect(notes.isListed(key)).toBe(false);
    expect(written).toEqual([]);
  });

  it('is written together shortly, each activity with its age, and a lost entry is added', async () => {
    const { notes, clock, written } = openNotes();
    notes.active(idOf('a'), 'refresh');
    clock.advance(100);
    notes.active(idOf('b'), 'add');
    notes.active(idOf('b'), 'refresh');
    notes.active({ ...key, user: 'another', conversationId: 'c' }, 'refresh');
    clock.advance(149);
    expect(written).toEqual([]);
    clock.advance(1);
    await notes.flush(key);
    expect(written.sort()).toEqual(['add b 150', 'refresh a 250', 'refresh another list: c 150']);
  });

  it('is written at once for a user who looks, and has no negative age', async () => {
    const { notes, written, setBack } = openNotes();
    notes.active(idOf('a'), 'refresh');
    setBack(1_000);
    await notes.flush(key);
    await notes.flush(key);
    expect(written).toEqual(['refresh a 0']);
  });

  it('is written again until it is, where the list had lost the conversation', async () => {
    const { notes, clock, written } = openNotes({ failures: 2 });
    notes.active(idOf('lost'), 'add');
    for (let times = 0; times < 3; times += 1) {
      expect(written).toEqual([]);
      clock.advance(250);
      await notes.flush({ ...key, user: 'somebody else' });
      await Promise.resolve();
    }
    expect(written).toEqual(['add lost 750']);
  });

  it("is written of one user while another's list can't be", async () => {
    const clock = new ManualClock();
    const never = new Promise<never>(() => undefined);
    const keys = new KeyBuilder('tk');
    const hung = { ...key, user: 'whose shard hangs' };
    const notes = new ActivityNotes({
      keys,
      clock,
      write: (listKey) => (listKey === keys.conversations(hung) ? never : Promise.resolve()),
    });
    notes.active(hung, 'refresh');
    notes.active(key, 'refresh');
    clock.advance(250);
    notes.active(key, 'refresh');
    await notes.flush(key);
  });

  it('is not written once it is closed, nor is what failed tried again: a process must come to its end', async () => {
    const { notes, clock, written } = openNotes({ failures: 1 });
    notes.active(idOf('lost'), 'add');
    clock.advance(250);
    notes.close();
    await notes.flush(key);
    notes.active(idOf('late'), 'refresh');
    clock.advance(250);
    await notes.flush(key);
    expect(written).toEqual([]);
  });
});
