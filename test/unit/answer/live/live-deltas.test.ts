import type { LiveEvent } from '../../../../contract/watch-events.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveSnapshot } from '../../../../server/answer/live-answer.ts';
import { LiveDeltas } from '../../../../server/watch/live-deltas.ts';

const delta = (offset: number, text: string, streamId = 's'): LiveEvent => ({
  type: 'message.delta',
  ...{ streamId, offset, text },
});
const shown = (text: string, typing: string | null = null): LiveSnapshot => ({
  texts: [{ streamId: 's', text }],
  typing,
});
const typing: LiveEvent = { type: 'agent.typing' };

describe("a watcher's events of a running turn", () => {
  it('are the new text, once, however often it arrives', () => {
    const deltas = new LiveDeltas();
    expect(deltas.to(shown('Where'))).toEqual([delta(0, 'Where')]);
    expect(deltas.to(shown('Where'))).toEqual([]);
    expect(deltas.to(shown('Where to?'))).toEqual([delta(5, ' to?')]);
  });

  it('are the whole text if the agent took something back', () => {
    const deltas = new LiveDeltas();
    deltas.to(shown('Where to?'));
    expect(deltas.to(shown('When?'))).toEqual([delta(0, 'When?')]);
    expect(deltas.to(shown(''))).toEqual([delta(0, '')]);
  });

  it("are typing until the first text, and again when the agent's words about its work change", () => {
    const deltas = new LiveDeltas();
    const nothing = (words: string): LiveSnapshot => ({ texts: [], typing: words });
    expect(deltas.to(nothing(''))).toEqual([typing]);
    expect(deltas.to(nothing(''))).toEqual([]);
    expect(deltas.to(nothing('Searching'))).toEqual([{ type: 'agent.typing', text: 'Searching' }]);
    expect(deltas.to(shown('Found'))).toEqual([delta(0, 'Found')]);
    expect(deltas.to(shown('Found', ''))).toEqual([typing]);
    expect(deltas.to(shown('Found it', ''))).toEqual([delta(5, ' it'), typing]);
  });

  it('lead to the shown text, whatever was shown before and however much was missed', () => {
    const texts = fc.dictionary(fc.constantFrom('1', '2', '3'), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 8 }), (snapshots) => {
        const deltas = new LiveDeltas();
        const seen = new Map<string, string>();
        for (const snapshot of snapshots) {
          // A text that was shown once stays among the others.
          const all = { ...Object.fromEntries([...seen].map(([id]) => [id, ''])), ...snapshot };
          const live = {
            texts: Object.entries(all).map(([streamId, text]) => ({ streamId, text })),
            typing: null,
          };
          for (const event of deltas.to(live)) {
            if (event.type !== 'message.delta') continue;
            const before = seen.get(event.streamId) ?? '';
            expect(event.offset).toBeLessThanOrEqual(before.length);
            seen.set(event.streamId, before.slice(0, event.offset) + event.text);
          }
          for (const { streamId, text } of live.texts) expect(seen.get(streamId) ?? '').toBe(text);
        }
      }),
    );
  });
});
