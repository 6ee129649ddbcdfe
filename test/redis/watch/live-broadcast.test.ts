import { describe, expect, it } from 'vitest';
import { LiveBroadcast } from '../../../server/redis/feed/live-broadcast.ts';
import { ManualClock } from '../../../server/testing/index.ts';
import { key } from '../store/sample-turns.ts';

const turn = { key, turnId: 'turn-1', turnNumber: 1 };
const delta = (offset: number, text: string) =>
  ({ type: 'message.delta', streamId: 's', offset, text }) as const;

/** Fires a millisecond before the time, as Node's timers may by the system's clock. */
class HastyClock extends ManualClock {
  override after(delayMs: number, then: () => void): () => void {
    return super.after(Math.max(0, delayMs - 1), then);
  }
}

/** A broadcast that so many servers hear, and what it has sent. */
function broadcasting(clock = new ManualClock()) {
  const sent: unknown[] = [];
  const state = { heardBy: 1 };
  const publish = (message: string): Promise<number> => {
    sent.push(JSON.parse(message));
    return Promise.resolve(state.heardBy);
  };
  const broadcast = new LiveBroadcast(turn, { clock, publish });
  /** Lets time pass, and what was sent meanwhile be answered. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1) {
      clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { broadcast, sent, state, pass };
}

const live = (...events: unknown[]) => ({ type: 'live', turnId: 'turn-1', turnNumber: 1, events });

describe('a running turn that is told of', () => {
  it('costs no message where it is answered at once', async () => {
    const { broadcast, sent, pass } = broadcasting();
    broadcast.show(delta(0, 'Where to?'));
    broadcast.over(null);
    await pass(5_000);
    expect(sent).toEqual([]);
  });

  it('sends what came in a moment as one message', async () => {
    const { broadcast, sent, pass } = broadcasting();
    await pass(50);
    for (const [offset, char] of Array.from('Where to?').entries()) broadcast.show(delta(offset, char));
    await pass(50);
    expect(sent).toEqual([live(), live(delta(0, 'Where to?'))]);
  });

  it('sends all of it every second, for who has come in between, and as a sign of life', async () => {
    const { broadcast, sent, pass } = broadcasting();
    broadcast.show(delta(0, 'Where'));
    await pass(50);
    broadcast.show(delta(5, ' to?'));
    await pass(2_000);
    const whole = live(delta(0, 'Where to?'));
    expect(sent).toEqual([live(delta(0, 'Where')), live(delta(5, ' to?')), whole, whole]);
  });

  it('sends no pieces while nobody listens, and all of it soon after somebody has come', async () => {
    const { broadcast, sent, state, pass } = broadcasting();
    state.heardBy = 0;
    await pass(50);
    broadcast.show(delta(0, 'Where to?'));
    await pass(500);
    expect(sent).toEqual([live()]);
    state.heardBy = 1;
    await pass(500);
    expect(sent.at(-1)).toEqual(live(delta(0, 'Where to?')));
    broadcast.show(delta(9, ' And when?'));
    state.heardBy = 2;
    await pass(60);
    expect(sent.slice(-2)).toEqual([live(delta(9, ' And when?')), live(delta(0, 'Where to? And when?'))]);
  });

  it('is silent once it is over, but for saying that it failed', async () => {
    const { broadcast, sent, pass } = broadcasting();
    await pass(50);
    broadcast.show(delta(0, 'Where to?'));
    broadcast.over('AGENT_FAILED');
    await pass(5_000);
    expect(sent).toEqual([
      live(),
      { type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'AGENT_FAILED' },
    ]);
  });

  it('is told of as a whole even where a timer fires early', async () => {
    const { broadcast, sent, pass } = broadcasting(new HastyClock());
    broadcast.show(delta(0, 'Where to?'));
    await pass(1_200);
    expect(sent.length).toBeGreaterThan(1);
    for (const message of sent) expect(message).toEqual(live(delta(0, 'Where to?')));
    broadcast.over(null);
  });
});
