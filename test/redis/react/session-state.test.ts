import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ObservableState } from '../../../client-sdk/src/react/session/session-state.ts';

interface Shown {
  readonly words: string;
  readonly typed: string;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const state = new ObservableState<Shown>({ words: '', typed: '' });
  const told: Shown[] = [];
  const leave = state.subscribe(() => told.push(state.shown));
  return { state, told, leave };
}

describe('a change of live text only', () => {
  it('is rendered together with the changes that soon follow, in their newest form', () => {
    const { state, told } = watched();
    for (const typed of ['a', 'ab', 'abc']) state.setSoon({ typed });
    expect(state.now.typed).toBe('abc');
    expect(state.shown.typed).toBe('');
    vi.advanceTimersByTime(50);
    expect(told).toEqual([{ words: '', typed: 'abc' }]);
    state.setSoon({ typed: 'abcd' });
    vi.advanceTimersByTime(50);
    expect(told).toHaveLength(2);
  });

  it('does not delay other changes, is rendered with them, and not once more', () => {
    const { state, told } = watched();
    state.setSoon({ typed: 'a' });
    state.set({ words: 'said' });
    expect(told).toEqual([{ words: 'said', typed: 'a' }]);
    vi.advanceTimersByTime(1_000);
    expect(told).toHaveLength(1);
  });
});

describe('no listener is called', () => {
  it('for a change that changes nothing', () => {
    const { state, told } = watched();
    state.set({ words: '' });
    expect(told).toEqual([]);
  });

  it('that has unsubscribed', () => {
    const { state, told, leave } = watched();
    state.setSoon({ typed: 'a' });
    leave();
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
  });
});
