import { describe, expect, it } from 'vitest';
import { LiveBroadcast } from '../../../server/redis/feed/live-broadcast.ts';
import { ManualClock } from '../../../server/testing/index.ts';
import { key } from '../store/sample-turns.ts';

const turn = { key, turnId: 'turn-1', turnNumber: 1 };
const shown = (text: string) => ({ texts: [{ streamId: 's', text }], typing: null });
const nothing = { texts: [], typing: null };

/** Fires a millisecond early, as Node's timers may by the system's clock. */
class HastyClock extends ManualClock {
  override after(delayMs: number, then: () => void): () => void {
    return super.after(Math.max(0, delayMs - 1), then);
  }
}

/** A broadcast with this many subscribed servers, and the messages it has sent. */
function broadcasting(clock = new ManualClock()) {
  const sent: unknown[] = [];
  const state = { heardBy: 1 };
  const publish = (message: string): Promise<number> => {
    sent.push(JSON.parse(message));
    return Promise.resolve(state.heardBy);
  };
  const broadcast = new LiveBroadcast(turn, { clock, publish });
  /** Lets time pass, and the messages sent meanwhile be answered. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1) {
      clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { broadcast, sent, state, pass };
}

const running = (live: unknown) => ({ type: 'running', turnId: 'turn-1', turnNumber: 1, shown: live });

describe('the broadcast of a running turn', () => {
  it('costs no message if the turn is answered at once', async () => {
    const { broadcast, sent, pass } = broadcasting();
    broadcast.show(shown('Where to?'));
    broadcast.over(null);
    await pass(5_000);
    expect(sent).toEqual([]);
  });

  it('sends what came in a moment as one message', async () => {
    const { broadcast, sent, pass } = broadcasting();
    await pass(50);
    for (const text of ['W', 'Where', 'Where to?']) broadcast.show(shown(text));
    await pass(50);
    expect(sent).toEqual([running(nothing), running(shown('Where to?'))]);
  });

  it('sends all of it every second, for who has come in between, and as a sign of life', async () => {
    const { broadcast, sent, pass } = broadcasting();
    broadcast.show(shown('Where'));
    await pass(50);
    broadcast.show(shown('Where to?'));
    await pass(2_100);
    const whole = running(shown('Where to?'));
    expect(sent).toEqual([running(shown('Where')), whole, whole, whole]);
  });

  it('sends only signs of life while nobody listens, and each piece soon after somebody has come', async () => {
    const { broadcast, sent, state, pass } = broadcasting();
    state.heardBy = 0;
    await pass(50);
    broadcast.show(shown('Where to?'));
    await pass(500);
    expect(sent).toEqual([running(nothing)]);
    state.heardBy = 1;
    await pass(500);
    expect(sent.at(-1)).toEqual(running(shown('Where to?')));
    broadcast.show(shown('Where to? And when?'));
    await pass(60);
    expect(sent.at(-1)).toEqual(running(shown('Where to? And when?')));
  });

  it('sends a long text less often, so that it costs Redis no more than so much a second', async () => {
    const { broadcast, sent, pass } = broadcasting();
    let text = 'x'.repeat(20_000);
    await pass(50);
    for (let ms = 0; ms < 1_000; ms += 10) {
      text += '.';
      broadcast.show(shown(text));
      await pass(10);
    }
    const chars = JSON.stringify(sent).length;
    expect(sent.length).toBeGreaterThan(3);
    expect(chars).toBeLessThan(150_000);
    broadcast.over(null);
  });

  it('is silent once it is over, but for saying that it failed', async () => {
    const { broadcast, sent, pass } = broadcasting();
    await pass(50);
    broadcast.show(shown('Where to?'));
    broadcast.over('AGENT_FAILED');
    await pass(5_000);
    expect(sent).toEqual([
      running(nothing),
      { type: 'failed', turnId: 'turn-1', turnNumber: 1, reason: 'AGENT_FAILED' },
    ]);
  });

  it('sends the whole text even if a timer fires early', async () => {
    const { broadcast, sent, pass } = broadcasting(new HastyClock());
    broadcast.show(shown('Where to?'));
    await pass(1_200);
    expect(sent.length).toBeGreaterThan(1);
    for (const message of sent) expect(message).toEqual(running(shown('Where to?')));
    broadcast.over(null);
  });
});
