import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../../contract/watch-events.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { LiveSnapshot } from '../../../../server/answer/live/live-snapshot.ts';

const delta = (offset: number, text: string, streamId = 's'): LiveEvent => ({
  type: 'message.delta',
  ...{ streamId, offset, text },
});
const part = (turnNumber: number, ...events: LiveEvent[]) => ({
  turnId: `turn-${turnNumber}`,
  turnNumber,
  events,
});

describe('what was shown of a running turn', () => {
  it('is told once, however often and in whatever parts it comes', () => {
    const soFar = new LiveSnapshot();
    expect(soFar.take(part(1, delta(0, 'Wh'), delta(2, 'ere')))).toEqual(part(1, delta(0, 'Where')));
    expect(soFar.take(part(1, delta(2, 'ere')))).toEqual(part(1));
    expect(soFar.take(part(1, delta(0, 'Where to?')))).toEqual(part(1, delta(5, ' to?')));
    expect(soFar.whole()).toEqual(part(1, delta(0, 'Where to?')));
  });

  it('is taken back from where the agent took it back', () => {
    const soFar = new LiveSnapshot();
    soFar.take(part(1, delta(0, 'Where to?')));
    expect(soFar.take(part(1, delta(0, 'When?')))).toEqual(part(1, delta(0, 'When?')));
    expect(soFar.take(part(1, delta(2, 'o?')))).toEqual(part(1, delta(2, 'o?')));
    expect(soFar.whole()).toEqual(part(1, delta(0, 'Who?')));
  });

  it('leaves out what does not fit, and goes on with the next part that holds all', () => {
    const soFar = new LiveSnapshot();
    expect(soFar.take(part(1, delta(3, 're')))).toEqual(part(1));
    expect(soFar.take(part(1, delta(0, 'Where')))).toEqual(part(1, delta(0, 'Where')));
  });

  it('tells of typing until something is said, and when it changes', () => {
    const soFar = new LiveSnapshot();
    const typing: LiveEvent = { type: 'agent.typing' };
    const searching: LiveEvent = { type: 'agent.typing', text: 'Searching' };
    expect(soFar.take(part(1, typing, typing))).toEqual(part(1, typing));
    expect(soFar.take(part(1, typing))).toEqual(part(1));
    expect(soFar.take(part(1, searching))).toEqual(part(1, searching));
    soFar.take(part(1, delta(0, 'Found')));
    expect(soFar.whole()).toEqual(part(1, delta(0, 'Found')));
    expect(soFar.take(part(1, typing))).toEqual(part(1, typing));
  });

  it('begins anew with every turn, and heeds nothing of earlier ones', () => {
    const soFar = new LiveSnapshot();
    soFar.take(part(1, delta(0, 'Where')));
    expect(soFar.take(part(2, delta(0, 'When')))).toEqual(part(2, delta(0, 'When')));
    expect(soFar.take(part(1, delta(5, ' to?')))).toBeNull();
    expect(soFar.whole()).toEqual(part(2, delta(0, 'When')));
  });

  it('is bounded', () => {
    const soFar = new LiveSnapshot();
    soFar.take(part(1, delta(0, 'x'.repeat(limits.liveChars))));
    expect(soFar.take(part(1, delta(limits.liveChars, 'y')))).toEqual(part(1));
    expect(soFar.take(part(1, delta(0, 'y', 'another')))).toEqual(part(1));
  });
});
