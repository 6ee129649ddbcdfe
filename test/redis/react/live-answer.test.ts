import { describe, expect, it } from 'vitest';
import type { AnyWatchEvent } from '../../../client-sdk/src/results.ts';
import { runningAfter } from '../../../client-sdk/src/react/session/live-answer.ts';
import type { WatchedTurn } from '../../../client-sdk/src/react/session/live-answer.ts';

const started = (turnId: string, turnNumber = 1) => ({ type: 'turn.started', turnId, turnNumber }) as const;
const delta = (offset: number, text: string, streamId = 's') =>
  ({ type: 'message.delta', turnId: 't', streamId, offset, text }) as const;

const after = (...events: readonly AnyWatchEvent[]) =>
  events.reduce<WatchedTurn | null>((running, event) => runningAfter(running, event), null)?.answer ?? null;

const textsAfter = (...events: readonly AnyWatchEvent[]) =>
  after(started('t'), ...events)?.texts.map(({ text }) => text);

describe('the text of a running turn', () => {
  it('grows, and is taken back in part where the agent says it differently', () => {
    expect(textsAfter(delta(0, 'Where'), delta(5, ' to'), delta(5, ' from?'))).toEqual(['Where from?']);
  });

  it('leaves out a piece after a missed one, until the whole text comes again', () => {
    const missed = [delta(0, 'Where'), delta(9, 'you go?')];
    expect(textsAfter(...missed)).toEqual(['Where']);
    expect(textsAfter(...missed, delta(0, 'Where would you go?'))).toEqual(['Where would you go?']);
  });

  it('is one for each stream, in the order in which they began', () => {
    expect(textsAfter(delta(0, 'One', 'a'), delta(0, 'Two', 'b'), delta(3, '.', 'a'))).toEqual([
      'One.',
      'Two',
    ]);
  });

  it('belongs to that turn: another turn that starts replaces it, and late pieces are ignored', () => {
    expect(after(started('t'), delta(0, 'Where'), started('u', 1))).toEqual({
      ...{ turnId: 'u', typing: false, typingText: null, isOfFailedTry: false, texts: [] },
    });
    expect(after(delta(0, 'Where'))).toBeNull();
  });

  it('of a try that failed stays until the next one says something, if the client tries again', () => {
    const failed = [started('t'), delta(0, 'Where to'), { type: 'turn.failed', turnId: 't' } as never];
    expect(after(...failed)).toBeNull();
    const own = (...events: readonly AnyWatchEvent[]) =>
      events.reduce<WatchedTurn | null>((running, event) => runningAfter(running, event, 't'), null)?.answer;
    const kept = { isOfFailedTry: true, texts: [{ text: 'Where to' }] };
    expect(own(...failed)).toMatchObject(kept);
    expect(own(...failed, started('t'))).toMatchObject(kept);
    const next = { isOfFailedTry: false, texts: [{ text: 'When' }] };
    expect(own(...failed, started('t'), delta(0, 'When'))).toMatchObject(next);
  });
});

describe("the agent's current work", () => {
  const typing = { type: 'agent.typing', turnId: 't', text: 'Searching' } as const;

  it('is shown until something else comes', () => {
    expect(after(started('t'), typing)).toMatchObject({ typing: true, typingText: 'Searching' });
    const silently = { type: 'agent.typing', turnId: 't' } as const;
    expect(after(started('t'), typing, silently)).toMatchObject({ typing: true, typingText: null });
    expect(after(started('t'), typing, delta(0, 'a'))).toMatchObject({ typing: false, typingText: null });
  });
});

describe('a running turn is over', () => {
  it('when it has failed, and not when another has', () => {
    const failed = { type: 'turn.failed', turnNumber: 1, reason: 'AGENT_FAILED', retryable: true } as const;
    expect(after(started('t'), { ...failed, turnId: 't' })).toBeNull();
    expect(after(started('t'), { ...failed, turnId: 'u' })).toMatchObject({ turnId: 't' });
  });

  it('after a reconnect: if it still runs, it is reported again', () => {
    expect(after(started('t'), { type: 'watch.started', turnNumber: 0 })).toBeNull();
  });
});
