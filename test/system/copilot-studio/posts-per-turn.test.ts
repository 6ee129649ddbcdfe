import { describe, expect, it } from 'vitest';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { post, postStart, postWords } from './plain-client.ts';

describe('The emulator counts the POSTs of a turn', () => {
  it('and finds those of a turn by its words', async () => {
    await using emulator = await startEmulator();
    await postStart(emulator);
    await postWords(emulator, 'the first turn');
    await postWords(emulator, 'the second turn');
    expect(emulator.posts()).toEqual({ start: 1, message: 2, total: 3, heard: 3 });
    expect(emulator.postsWith('first turn')).toHaveLength(1);
    expect(emulator.postsWith('turn')).toHaveLength(2);
    expect(emulator.postsWith('third')).toEqual([]);
  });

  it.each(['drop', 'no-end', 'reset', 'server-error', 'too-many', 'silence-after-headers'] as const)(
    'a message that is posted again after %s fails the test that holds the emulator',
    async (name) => {
      const emulator = await startEmulator();
      emulator.next('message', faults[name]);
      const leaving = new AbortController();
      const first = postWords(emulator, 'only once', { signal: leaving.signal });
      await first.then(
        () => leaving.abort(),
        () => undefined,
      );
      await postWords(emulator, 'only once');
      await expect(emulator[Symbol.asyncDispose]()).rejects.toThrow('posted more than once: "only once"');
    },
  );

  it('once more after 401 is in order, but a second time is not', async () => {
    const emulator = await startEmulator();
    emulator.next('message', faults.unauthorized);
    await postWords(emulator, 'only once');
    await postWords(emulator, 'only once');
    emulator.checkOnePostPerTurn();
    await postWords(emulator, 'only once');
    expect(() => emulator.checkOnePostPerTurn()).toThrow('posted more than once');
    await expect(emulator[Symbol.asyncDispose]()).rejects.toThrow('posted more than once');
  });

  it('a message that is posted again to a fresh conversation fails it as well', async () => {
    const emulator = await startEmulator();
    const activity = { type: 'message', text: 'only once' };
    for (const conversationId of ['one', 'two'])
      await post(`${emulator.url}/conversations/${conversationId}`, { activity, conversationId }, {});
    await expect(emulator[Symbol.asyncDispose]()).rejects.toThrow('posted more than once: "only once"');
  });

  it('also where the first of the two was reset', async () => {
    const emulator = await startEmulator();
    emulator.next('message', faults.reset);
    const activity = { type: 'message', text: 'only once' };
    for (const conversationId of ['one', 'two'])
      await post(`${emulator.url}/conversations/${conversationId}`, { activity, conversationId }, {}).catch(
        () => undefined,
      );
    await expect(emulator[Symbol.asyncDispose]()).rejects.toThrow('posted more than once: "only once"');
  });

  it('the same words with something else beside them are another message', async () => {
    await using emulator = await startEmulator();
    for (const turn of [1, 2]) {
      const activity = { type: 'message', text: 'yes', channelData: { turn } };
      await post(`${emulator.url}/conversations/one`, { activity }, {});
    }
    expect(emulator.postsWith('yes')).toHaveLength(2);
  });

  it('which a test can do without', async () => {
    await using emulator = await startEmulator({ checkPosts: false });
    await postWords(emulator, 'again and again');
    await postWords(emulator, 'again and again');
    expect(emulator.postsWith('again and again')).toHaveLength(2);
  });
});
