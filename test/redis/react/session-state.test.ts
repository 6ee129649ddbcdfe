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

describe('what is only for the eye', () => {
  it('is drawn together with what follows within a moment, the newest of it', () => {
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

  it('does not hold up what counts, is drawn with it, and not once more', () => {
    const { state, told } = watched();
    state.setSoon({ typed: 'a' });
    state.set({ words: 'said' });
    expect(told).toEqual([{ words: 'said', typed: 'a' }]);
    vi.advanceTimersByTime(1_000);
    expect(told).toHaveLength(1);
  });
});

describe('nobody is told', () => {
  it('of a change that changes nothing', () => {
    const { state, told } = watched();
    state.set({ words: '' });
    expect(told).toEqual([]);
  });

  it('who has left', () => {
    const { state, told, leave } = watched();
    state.setSoon({ typed: 'a' });
    leave();
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
  });
});
