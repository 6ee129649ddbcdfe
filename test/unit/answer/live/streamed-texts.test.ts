import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../../server/answer/activity.ts';
import { StreamedTexts } from '../../../../server/answer/streamed-texts.ts';
import { costBeside } from '../../../support/time.ts';
import { finalMessage, piece, pieces, wholes } from './sample-pieces.ts';

function take(activities: readonly Activity[]) {
  const streams = new StreamedTexts();
  const events = activities.map((activity) => streams.take(activity));
  return { events, unfinished: streams.unfinished() };
}

const textsOf = (activities: readonly Activity[]): string[] =>
  take(activities).unfinished.map(({ text }) => text);

const present = (...some: readonly (Activity | undefined)[]): Activity[] =>
  some.filter((activity) => activity !== undefined);

const words = ['The', ' quick', ' brown', ' fox'];
const sentence = words.join('');

describe('the text of a stream', () => {
  it.each([
    ['only what is new, and says so', pieces(words, { chunkType: 'delta' })],
    ['only what is new, without a word about it', pieces(words)],
    ['all of it each time, and says so', pieces(wholes(words), { chunkType: 'full' })],
    ['all of it each time, without a word about it', pieces(wholes(words))],
    ['only what is new, without numbers', words.map((text) => piece(text, { chunkType: 'delta' }))],
    ['all of it each time, without numbers', wholes(words).map((text) => piece(text))],
  ])('is put together from pieces that hold %s', (_how, activities) => {
    expect(textsOf(activities)).toEqual([sentence]);
  });

  it('is read from the channel data as well, where older services describe it', () => {
    const activities = wholes(words).map((text, index) => ({
      type: 'typing',
      text,
      channelData: { streamId: 's', streamSequence: index + 1, streamType: 'streaming' },
    }));
    expect(textsOf(activities)).toEqual([sentence]);
  });

  it('grows by what is new, however it is sent', () => {
    const grows = words.map((by) => ({ kind: 'text', streamId: '1', change: { kind: 'grown', by } }));
    expect(take(pieces(words, { chunkType: 'delta' })).events).toEqual(grows);
    expect(take(pieces(wholes(words))).events).toEqual(grows);
  });

  it('is replaced when the agent takes something back', () => {
    const { events } = take(pieces(['I think', 'I think so', 'No.'], { chunkType: 'full' }));
    expect(events.at(-1)).toMatchObject({ change: { kind: 'replaced', text: 'No.' } });
  });

  it('may repeat a word in a piece of its own', () => {
    expect(textsOf(pieces(['ha', ' ha', ' ha'], { chunkType: 'delta' }))).toEqual(['ha ha ha']);
  });

  it('keeps the order of the numbers, not that of arrival', () => {
    const [first, second, third, fourth] = pieces(words, { chunkType: 'delta' });
    const shuffled = present(first, third, fourth, second);
    const { events } = take(shuffled);
    expect(events.map((event) => (event?.kind === 'text' ? event.change : null))).toEqual([
      { kind: 'grown', by: 'The' },
      { kind: 'none' },
      { kind: 'none' },
      { kind: 'grown', by: ' quick brown fox' },
    ]);
    expect(textsOf([...shuffled].reverse())).toEqual([sentence]);
  });

  it.each([
    ['only what is new', pieces(words, { chunkType: 'delta' })],
    ['all of it', pieces(wholes(words))],
  ])('does not change by a piece that comes twice, holding %s', (_what, activities) => {
    expect(textsOf(activities.flatMap((activity) => [activity, activity]))).toEqual([sentence]);
    expect(textsOf([...activities, ...activities])).toEqual([sentence]);
  });

  it('is recognized as whole texts even if the first two arrive in the wrong order', () => {
    const [first, second, third, fourth] = pieces(wholes(words));
    expect(textsOf(present(second, first, fourth, third))).toEqual([sentence]);
  });

  it('waits for a missing piece only so long', () => {
    const numbered = (sequence: number): Activity =>
      piece(`${sequence} `, { streamSequence: sequence, chunkType: 'delta' });
    const after = Array.from({ length: 100 }, (_, index) => numbered(index + 3));
    const { events, unfinished } = take([numbered(1), ...after, numbered(2)]);
    const grown = events.flatMap((event) =>
      event?.kind === 'text' && event.change.kind === 'grown' ? [event.change.by] : [],
    );
    const expected = ['1 ', ...after.map(({ text }) => text)].join('');
    expect(grown.join('')).toBe(expected);
    expect(unfinished).toEqual([{ streamId: '1', text: expected }]);
  });

  it('includes in the end the pieces that waited for a missing one', () => {
    const [first, , third, fourth] = pieces(words, { chunkType: 'delta' });
    expect(textsOf(present(first, fourth, third))).toEqual(['The brown fox']);
  });

  it('does not hold what the agent says about its work, which has its number all the same', () => {
    const activities = [
      piece('Searching…', { streamSequence: 1, streamType: 'informative' }),
      piece('The', { streamSequence: 2, chunkType: 'delta' }),
      piece('Reading…', { streamSequence: 3, streamType: 'informative' }),
      piece(' end', { streamSequence: 4, chunkType: 'delta' }),
    ];
    const { events, unfinished } = take(activities);
    expect(events.map((event) => event?.kind)).toEqual(['informative', 'text', 'informative', 'text']);
    expect(unfinished).toEqual([{ streamId: '1', text: 'The end' }]);
  });

  it('accepts pieces without a text', () => {
    expect(textsOf(pieces(['', '', 'The', '', ' end'], { chunkType: 'delta' }))).toEqual(['The end']);
    expect(textsOf(pieces(['', 'The', '', 'The end', '']))).toEqual(['The end']);
  });
});

describe('the stream of a piece', () => {
  it('is named by its id, for several at once', () => {
    const one = pieces(['One', ' and'], { streamId: 'a', chunkType: 'delta' });
    const two = pieces(['Two', ' too'], { streamId: 'b', chunkType: 'delta' });
    const mixed = one.flatMap((activity, index) => [activity, ...two.slice(index, index + 1)]);
    expect(take(mixed).unfinished).toEqual([
      { streamId: '1', text: 'One and' },
      { streamId: '2', text: 'Two too' },
    ]);
  });

  it('is named by the id of the first piece itself, which has no other', () => {
    const first = { ...piece('The', { id: 'a-1', streamSequence: 1 }), entities: [{ type: 'streaminfo' }] };
    const activities = [first, piece('The end', { id: 'a-2', streamId: 'a-1', streamSequence: 2 })];
    expect(textsOf(activities)).toEqual(['The end']);
    expect(textsOf([...activities, finalMessage('The end.', 'a-1')])).toEqual([]);
  });

  it('is the most recent one if a service leaves the ids out', () => {
    const bare = (text: string, streamSequence: number): Activity => ({
      type: 'typing',
      text,
      id: `activity-${streamSequence}`,
      channelData: { streamType: 'streaming', chunkType: 'delta', streamSequence },
    });
    const activities = [bare('The', 1), bare(' end', 2)];
    expect(textsOf(activities)).toEqual(['The end']);
    expect(textsOf([...activities, bare('Another', 1)])).toEqual(['The end', 'Another']);
  });
});

describe('a stream is finished', () => {
  it('by the final message of its id, which is its text', () => {
    const { events, unfinished } = take([...pieces(words), finalMessage('The end.')]);
    expect(events.at(-1)).toEqual({ kind: 'final', streamId: '1', text: 'The end.' });
    expect(unfinished).toEqual([]);
  });

  it('by a final message without an id, or of an id that only it has, when it says the same', () => {
    const named = finalMessage(sentence, 'another');
    const unnamed = { ...finalMessage('Else.'), entities: [{ type: 'streaminfo', streamType: 'final' }] };
    expect(textsOf([...pieces(words), named])).toEqual([]);
    expect(textsOf([...pieces(words), unnamed])).toEqual([]);
    expect(textsOf([...pieces(words), finalMessage('Else.', 'another')])).toEqual([sentence]);
  });

  it('by a message that says no word of streaming, but all that had come', () => {
    expect(textsOf([...pieces(words), { type: 'message', text: sentence }])).toEqual([]);
    expect(textsOf([...pieces(words), { type: 'message', text: `${sentence} jumps` }])).toEqual([]);
    expect(textsOf([...pieces(words), { type: 'message', text: 'By the way.' }])).toEqual([sentence]);
  });

  it('by a piece that says that there is to be no text', () => {
    const { events, unfinished } = take([...pieces(words), piece('', { streamType: 'final' })]);
    expect(events.at(-1)).toEqual({ kind: 'final', streamId: '1', text: null });
    expect(unfinished).toEqual([]);
  });

  it('for good: later pieces change nothing, and a second final message is a repetition', () => {
    const late = [finalMessage('Done.'), piece('Late', { streamSequence: 9 }), finalMessage('Done again.')];
    const { events, unfinished } = take([...pieces(words), ...late]);
    expect(events.slice(-2)).toEqual([
      { kind: 'text', streamId: '1', change: { kind: 'none' } },
      { kind: 'repeated' },
    ]);
    expect(unfinished).toEqual([]);
  });
});

describe('a long text', () => {
  it('is not read again for every message beside it', async () => {
    const besideTextOf = (chars: number) => () => {
      const streams = new StreamedTexts();
      streams.take(piece('y'.repeat(chars), { streamSequence: 1, chunkType: 'delta' }));
      for (let sequence = 2; sequence < 1_000; sequence += 1) {
        streams.take(piece('z', { streamSequence: sequence, chunkType: 'delta' }));
        streams.take({ type: 'message', text: 'yyy' });
      }
    };
    expect(await costBeside(besideTextOf(1_000_000), besideTextOf(1_000), 5)).toBeLessThan(5);
  });
});

describe('an activity that is no piece', () => {
  it.each<[string, Activity]>([
    ['a message', { type: 'message', text: 'Hello' }],
    ['a sign of typing', { type: 'typing' }],
    ['an event that calls itself one', { ...piece('Hello'), type: 'event' }],
    ['channel data of another kind', { type: 'typing', text: 'Hello', channelData: { streamId: 'a' } }],
    ['channel data that is no object', { type: 'typing', text: 'Hello', channelData: 'streaming' }],
    ['entities of another kind', { type: 'typing', entities: [null, 7, { type: 'mention' }] }],
  ])('belongs to no stream: %s', (_what, activity) => {
    expect(take([activity])).toEqual({ events: [null], unfinished: [] });
  });

  it.each([0, -1, 1.5, '2', null, Number.NaN])('has no number where it is %s', (streamSequence) => {
    const odd = (text: string): Activity => ({
      type: 'typing',
      text,
      entities: [{ type: 'streaminfo', streamId: 's', streamSequence, streamType: 'streaming' }],
      channelData: { chunkType: 'delta' },
    });
    expect(textsOf([odd('The'), odd(' end')])).toEqual(['The end']);
  });
});
