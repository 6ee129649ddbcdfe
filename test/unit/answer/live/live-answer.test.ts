import type { LiveEvent } from '../../../../contract/watch-events.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../../server/answer/activity.ts';
import { GrowingAnswer } from '../../../../server/answer/live-answer.ts';
import { LiveDeltas } from '../../../../server/watch/live-deltas.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { StreamedTexts } from '../../../../server/answer/streamed-texts.ts';
import { contractBlock, finalMessage, piece, pieces, wholes } from './sample-pieces.ts';
import { normalizeActivities } from '../../../support/read-activities.ts';

/** Returns the event that each activity causes for a watcher; null where nothing changes. */
function eventsOf(activities: readonly Activity[]): (LiveEvent | null)[] {
  const streams = new StreamedTexts();
  const live = new GrowingAnswer();
  const deltas = new LiveDeltas();
  return activities.map((activity) => {
    live.take(activity, streams.take(activity));
    const [event = null, ...others] = deltas.to(live.shown);
    expect(others).toEqual([]);
    return event;
  });
}

const delta = (offset: number, text: string, streamId = '1'): LiveEvent => ({
  ...{ type: 'message.delta', streamId, offset, text },
});
const typing: LiveEvent = { type: 'agent.typing' };

const cards = { allowedActions: null, allowedHosts: [] };

/** Applies the events as a client does, and checks that no piece is missing. */
function displayed(events: readonly (LiveEvent | null)[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const event of events) {
    if (event?.type !== 'message.delta') continue;
    const before = texts.get(event.streamId) ?? '';
    expect(event.offset).toBeLessThanOrEqual(before.length);
    texts.set(event.streamId, before.slice(0, event.offset) + event.text);
  }
  return texts;
}

describe('a streamed text', () => {
  const words = ['Where', ' would', ' you go?'];

  it.each([
    ['only what is new', pieces(words, { chunkType: 'delta' })],
    ['all of it each time', pieces(wholes(words))],
  ])('is shown as it comes, piece by piece, where they hold %s', (_what, activities) => {
    expect(eventsOf([...activities, finalMessage(words.join(''))])).toEqual([
      delta(0, 'Where'),
      delta(5, ' would'),
      delta(11, ' you go?'),
      null,
    ]);
  });

  it('is shown again from the start when the agent takes it back', () => {
    expect(eventsOf(pieces(['I think so', 'No.'], { chunkType: 'full' }))).toEqual([
      delta(0, 'I think so'),
      delta(0, 'No.'),
    ]);
  });

  it('becomes the text of the final message', () => {
    expect(eventsOf([piece('Where', { streamSequence: 1 }), finalMessage('Where to?')])).toEqual([
      delta(0, 'Where'),
      delta(5, ' to?'),
    ]);
    expect(eventsOf([piece('Hello', { streamSequence: 1 }), finalMessage('Good morning')])).toEqual([
      delta(0, 'Hello'),
      delta(0, 'Good morning'),
    ]);
  });

  it('is removed when the agent withdraws it', () => {
    const nothing = piece('', { streamType: 'final' });
    expect(eventsOf([piece('Hel', { streamSequence: 1 }), nothing])).toEqual([delta(0, 'Hel'), delta(0, '')]);
  });

  it('is a typing sign while it has nothing to show', () => {
    const activities = pieces(['', 'Noted.\n', '```json\n', '{"action":"ask"}\n', '```\n', 'Next?']);
    expect(eventsOf(activities)).toEqual([
      ...[typing, delta(0, 'Noted.'), typing, null, null],
      delta(6, '\nNext?'),
    ]);
  });
});

describe('the agent at work', () => {
  it('is shown as typing, with what it says about it', () => {
    const informative = piece('Searching the library…', { streamSequence: 1, streamType: 'informative' });
    expect(eventsOf([{ type: 'typing' }, informative])).toEqual([
      typing,
      { type: 'agent.typing', text: 'Searching the library…' },
    ]);
  });

  it('shows no structure, and at most one line about its work', () => {
    const about = (text: string): Activity => piece(text, { streamSequence: 1, streamType: 'informative' });
    expect(eventsOf([about(contractBlock)])).toEqual([typing]);
    const [long] = eventsOf([about('x'.repeat(10_000))]);
    expect(long).toEqual({ type: 'agent.typing', text: `${'x'.repeat(499)}…` });
  });
});

describe('a message that was not streamed', () => {
  it('is shown at once, as a text of its own', () => {
    const said = ['One moment.', 'Here it is.'].map((text) => ({ type: 'message', text }));
    expect(eventsOf(said)).toEqual([
      delta(0, 'One moment.', 'message-1'),
      delta(0, 'Here it is.', 'message-2'),
    ]);
  });

  it('is not shown where it says nothing in words', () => {
    const value = { action: 'ask' };
    const silent = [{ type: 'message', value }, { type: 'message', text: contractBlock }, { type: 'event' }];
    expect(eventsOf(silent)).toEqual([null, null, null]);
  });

  it('is shown as the committed text, whatever its format', () => {
    const activity = { type: 'message', text: '<b>Hello</b> &amp; welcome', textFormat: 'xml' };
    const { messages } = normalizeActivities([activity], { turn: 1, prompt: null, cards });
    expect([...displayed(eventsOf([activity])).values()]).toEqual(messages.map(({ text }) => text));
  });
});

describe('a text beyond the limit of live text', () => {
  it('stays as it was shown last, and comes back when it fits again', () => {
    const live = new GrowingAnswer();
    const streams = new StreamedTexts();
    const shownAfter = (activity: Activity): string | undefined => {
      live.take(activity, streams.take(activity));
      return live.shown.texts[1]?.text;
    };
    const whole = (text: string, streamSequence: number) =>
      piece(text, { streamSequence, chunkType: 'full' });
    shownAfter({ type: 'message', text: 'x'.repeat(limits.liveChars - 10) });
    expect(shownAfter(whole('Where', 1))).toBe('Where');
    expect(shownAfter(whole('Where would you go?', 2))).toBe('Where');
    expect(shownAfter(whole('Where would you go? And when?', 3))).toBe('Where');
    expect(shownAfter(whole('No.', 4))).toBe('No.');
  });

  it('is shown among at most as many as a turn may have messages', () => {
    const live = new GrowingAnswer();
    const streams = new StreamedTexts();
    for (let count = 0; count < 2 * limits.messagesPerTurn; count += 1) {
      const activity = { type: 'message', text: 'Hello' };
      live.take(activity, streams.take(activity));
    }
    expect(live.shown.texts).toHaveLength(limits.messagesPerTurn);
  });
});

describe('whatever is streamed, in whatever pieces', () => {
  const parts = fc.constantFrom(
    'Hello',
    ' you',
    '\n',
    '```',
    '```json\n',
    '{"action":"ask"}\n',
    contractBlock,
  );
  const chunks = fc.array(parts, { minLength: 1, maxLength: 12 });
  const committedOf = (activities: readonly Activity[]): (string | undefined)[] =>
    normalizeActivities(activities, { turn: 1, prompt: null, cards }).messages.map(({ text }) => text);

  it.each([
    ['only what is new', (some: readonly string[]) => pieces(some, { chunkType: 'delta' })],
    ['all of it each time', (some: readonly string[]) => pieces(wholes(some), { chunkType: 'full' })],
  ])('shows in the end what is committed: %s', (_what, send) => {
    fc.assert(
      fc.property(chunks, (some) => {
        const answer = [...send(some), finalMessage(some.join(''))];
        const last = [...displayed(eventsOf(answer)).values()].filter((text) => text !== '');
        expect(last).toEqual(committedOf(answer));
      }),
      { numRuns: 1_000 },
    );
  });
});
