import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../../server/answer/activity.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { fenced, message } from '../../domain/domain-samples.ts';
import { normalize, normalized } from './normalize-samples.ts';
import { parseActivities } from '../../../support/read-activities.ts';

const contract = { action: 'ask', data: { days: 3 } };
const textsOf = (activities: Activity[]): (string | undefined)[] =>
  normalize(activities).map(({ text }) => text);

describe('the user-visible part of an answer', () => {
  it.each<[string, Partial<Activity>]>([
    ['has no roles', {}],
    ['is from the bot to the user', { from: { role: 'bot' }, recipient: { role: 'user' } }],
    ['is from a skill', { from: { role: 'skill' } }],
    ['has roles that say nothing', { from: { role: '' }, recipient: { role: '' } }],
    ['spells its role in capitals', { recipient: { role: 'User' } }],
  ])('is what %s', (_what, roles) => {
    const activity = message({ text: 'Hi.', value: contract, ...roles });
    expect(textsOf([activity])).toEqual(['Hi.']);
    expect(parseActivities([activity]).parse).toBe('structured');
  });

  it.each<[string, Partial<Activity>]>([
    ['the user said, echoed', { from: { role: 'user' } }],
    ['the user said, echoed in capitals', { from: { role: 'USER' } }],
    ['is for another bot', { recipient: { role: 'bot' } }],
    ['is for a skill', { recipient: { role: 'skill' } }],
    ['is for nobody known', { recipient: { role: 'agenticUser' } }],
  ])('is not what %s, neither its words nor its structure', (_what, roles) => {
    const entity = { type: 'https://schema.org/Claim', url: 'https://example.org/a' };
    const text = `Hi.\n${fenced(contract)}`;
    const said: Activity[] = [
      message({ text, value: contract, entities: [entity] }),
      { type: 'event', name: 'e', value: contract },
      { type: 'endOfConversation', text: 'Bye.' },
      { type: 'typing', text: 'Hel', entities: [{ type: 'streaminfo', streamId: 's', streamSequence: 1 }] },
    ].map((activity) => ({ ...activity, ...roles }));
    expect(normalized(said)).toEqual({ messages: [], issues: [] });
    expect(parseActivities(said)).toMatchObject({ parse: 'passthrough', citations: [], agentEnd: null });
  });

  it.each([
    'command',
    'commandResult',
    'contactRelationUpdate',
    'conversationUpdate',
    'handoff',
    'installationUpdate',
    'invoke',
    'messageReaction',
    'trace',
    'typing',
  ])('is no %s', (type) => {
    const activity = { type, text: 'x', name: 'x', value: contract, attachments: [{}] };
    expect(normalized([activity])).toEqual({ messages: [], issues: [] });
    expect(parseActivities([activity]).parse).toBe('passthrough');
  });

  it.each([[{ type: 'selfDestruct', text: 'x' }], [{ text: 'x' }], [{}]])(
    'is nothing of an unknown type, which is reported: %j',
    (activity) => {
      expect(normalized([activity])).toEqual({
        messages: [],
        issues: ['activities: one of an unknown type was left out'],
      });
    },
  );

  it('is the structure of an event, and nothing else of it', () => {
    const event = { type: 'event', name: 'handoff.initiate', value: contract };
    expect(normalized([event])).toEqual({ messages: [], issues: [] });
    expect(parseActivities([event]).parse).toBe('structured');
  });
});

describe('a message that is changed in the same answer', () => {
  const first = message({ id: 'a', text: 'Wait.', value: contract });

  it('keeps its place with its last change, structure included', () => {
    const answer = [
      first,
      message({ id: 'b', text: 'Then.' }),
      { type: 'messageUpdate', id: 'a', text: 'Searching.' },
      { type: 'messageUpdate', id: 'a', text: 'Found.' },
    ];
    expect(textsOf(answer)).toEqual(['Found.', 'Then.']);
    expect(parseActivities(answer).parse).toBe('passthrough');
  });

  it('is gone when it was deleted', () => {
    const answer = [
      first,
      { type: 'messageDelete', id: 'a' },
      { type: 'messageUpdate', id: 'a', text: 'Too late.' },
    ];
    expect(normalized(answer)).toEqual({ messages: [], issues: [] });
    expect(parseActivities(answer).parse).toBe('passthrough');
  });

  it('is reported, and nothing else, when it is of another turn', () => {
    for (const type of ['messageUpdate', 'messageDelete']) {
      expect(normalized([message({ text: 'Hi.' }), { type, id: 'z', text: 'Ha.' }, { type }])).toMatchObject({
        messages: [{ text: 'Hi.' }],
        issues: ['activities: a change of a message of another turn was left out'],
      });
    }
  });
});

describe('a streamed text', () => {
  const info = (streamType: string, streamSequence?: number, streamId = 's') => ({
    entities: [
      {
        type: 'streaminfo',
        streamId,
        streamType,
        ...(streamSequence === undefined ? {} : { streamSequence }),
      },
    ],
  });
  const piece = (text: string, sequence: number, streamId?: string): Activity => ({
    type: 'typing',
    text,
    ...info('streaming', sequence, streamId),
  });
  const unfinished = 'stream: a text was never finished; it is shown as far as it came';

  it('counts once, by its final message', () => {
    const final = message({ text: 'Hello there.', ...info('final') });
    const answer = [
      { type: 'typing', text: 'Searching …', ...info('informative', 1) },
      piece('Hello', 2),
      piece('Hello there', 3),
      final,
      final,
      piece('Hello there', 4),
    ];
    expect(normalized(answer)).toMatchObject({ messages: [{ id: '7.1', text: 'Hello there.' }], issues: [] });
  });

  it('counts once although its final message does not name the stream', () => {
    expect(
      normalized([piece('Hello', 1), piece('Hello th', 2), message({ text: 'Hello there.' })]),
    ).toMatchObject({
      messages: [{ text: 'Hello there.' }],
      issues: [],
    });
  });

  it.each([
    ['cumulative', ['Hel', 'Hello th', 'Hello there']],
    ['new', ['Hel', 'lo th', 'ere']],
  ])('without its final message counts as far as it came, and is reported: pieces %s', (_what, pieces) => {
    const answer = [
      ...pieces.map((text, index) => piece(text, index + 1)),
      message({ text: 'Something else.' }),
    ];
    expect(normalized(answer)).toMatchObject({
      messages: [{ id: '7.1', text: 'Hello there', format: 'markdown' }, { text: 'Something else.' }],
      issues: [unfinished],
    });
  });

  it('without its final message is read like any other text', () => {
    const answer = [piece(`Noted.\n${fenced(contract)}`, 1)];
    expect(textsOf(answer)).toEqual(['Noted.']);
    expect(parseActivities(answer)).toMatchObject({ parse: 'structured', payload: { source: 'text' } });
  });

  it("with only words about the agent's work has no text", () => {
    expect(normalized([{ type: 'typing', text: 'Searching …', ...info('informative', 1) }])).toEqual({
      messages: [],
      issues: [],
    });
  });

  it('that the agent took back has no text', () => {
    expect(normalized([piece('Hel', 1), { type: 'typing', ...info('final') }])).toEqual({
      messages: [],
      issues: [],
    });
  });

  it('of only blanks has no text', () => {
    expect(normalized([piece(' \n', 1)])).toEqual({ messages: [], issues: [] });
  });

  it('does not mix with another one', () => {
    const answer = [
      piece('One', 1, 'a'),
      piece('Two', 1, 'b'),
      piece('One, and', 2, 'a'),
      piece('Two, or', 2, 'b'),
    ];
    expect(textsOf(answer)).toEqual(['One, and', 'Two, or']);
    expect(
      textsOf([...answer, message({ text: 'Two, or more.', ...info('final', undefined, 'b') })]),
    ).toEqual(['One, and', 'Two, or more.']);
  });

  it('is bounded', () => {
    const [text] = textsOf([piece('x'.repeat(limits.messageChars + 1), 1)]);
    expect(text).toHaveLength(limits.messageChars);
    const many = Array.from({ length: 1_000 }, (_, index) => piece(`Text ${index}`, 1, `s${index}`));
    expect(normalize(many)).toHaveLength(limits.messagesPerTurn);
  });
});
