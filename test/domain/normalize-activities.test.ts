import { describe, expect, it } from 'vitest';
import type { Activity } from '../../server/domain/activity.ts';
import { limits } from '../../server/domain/limits.ts';
import type { Message } from '../../server/domain/message.ts';
import { normalizeActivities } from '../../server/domain/normalize-activities.ts';
import { fenced, message } from './domain-samples.ts';

const normalize = (activities: Activity[], prompt: string | null = null): Message[] =>
  normalizeActivities(activities, { turn: 7, prompt });
const textsOf = (text: string): (string | undefined)[] =>
  normalize([message({ text })]).map((said) => said.text);
const contract = { action: 'ask', data: { days: 3 } };
const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Hi' }] };
const cardAttachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };

describe('messages', () => {
  it('come in the order of what was said, with ids made of turn and position alone', () => {
    const activities = [
      message({ text: 'One.', attachments: [cardAttachment] }),
      { type: 'typing', text: 'Tw' },
      message({ text: 'Two.' }),
    ];
    const messages = normalize(activities);
    expect(messages).toEqual([
      { id: '7.1', role: 'assistant', turn: 7, kind: 'text', text: 'One.', format: 'markdown' },
      { id: '7.2', role: 'assistant', turn: 7, kind: 'card', card, cardId: 'card-7.2' },
      { id: '7.3', role: 'assistant', turn: 7, kind: 'text', text: 'Two.', format: 'markdown' },
    ]);
    expect(normalize(structuredClone(activities))).toEqual(messages);
  });

  it('are plain text where the agent says so, else Markdown', () => {
    const formats = ['plain', 'markdown', 'xml', undefined].map(
      (textFormat) =>
        normalize([message({ text: 'a', ...(textFormat === undefined ? {} : { textFormat }) })])[0]?.format,
    );
    expect(formats).toEqual(['plain', 'markdown', 'markdown', 'markdown']);
  });

  it('are never made of what is typed, ended or unknown', () => {
    expect(normalize(['typing', 'endOfConversation', 'trace'].map((type) => ({ type, text: 'x' })))).toEqual(
      [],
    );
    expect(normalize([{ text: 'x' }, {}])).toEqual([]);
  });

  it('tell an event by its name, and one without a name not at all', () => {
    expect(normalize([{ type: 'event', name: 'handoff', value: 1 }, { type: 'event' }])).toEqual([
      { id: '7.1', role: 'assistant', turn: 7, kind: 'event', text: 'handoff' },
    ]);
  });

  it('say nothing where nothing was said', () => {
    expect(normalize([message(), message({ text: '' }), message({ text: ' \n ' })])).toEqual([]);
  });
});

describe('structure', () => {
  it.each([
    ['a block at the end', `Noted.\n\n${fenced(contract)}`, ['Noted.']],
    ['a block at the start', `${fenced(contract)}\nNoted.`, ['Noted.']],
    ['a block between words', `Noted.\n${fenced(contract)}\nAnd then?`, ['Noted.\nAnd then?']],
    ['a block with Windows line ends', `Noted.\r\n${fenced(contract).replaceAll('\n', '\r\n')}`, ['Noted.']],
    ['a block without its closing fence', `Noted.\n${fenced(contract).slice(0, -4)}`, ['Noted.']],
    ['two blocks', `${fenced(contract)}\nNoted.\n${fenced(contract)}`, ['Noted.']],
    ['the whole text', JSON.stringify(contract), []],
    ['the whole text, with blanks around', `\n ${JSON.stringify(contract)} \n`, []],
  ])('is not repeated as text: %s', (_what, text, texts) => {
    expect(textsOf(text)).toEqual(texts);
  });

  it('that lacks its closing fence takes nothing with it of the block that follows', () => {
    const open = fenced(contract).slice(0, -4);
    expect(textsOf(`Noted.\n${open}\n${fenced('{oops')}`)).toEqual([`Noted.\n${fenced('{oops')}`]);
  });

  it('is all that is left out: other JSON, other code and broken blocks are words like any', () => {
    for (const text of [
      fenced({ price: 3 }),
      fenced('{oops'),
      '```python\nprint()\n```',
      '{"price": 3}',
      '{ hi }',
    ]) {
      expect(textsOf(text)).toEqual([text]);
    }
  });
});

describe('the prompt', () => {
  it('is said first when the answer has no text of its own', () => {
    const messages = normalize(
      [message({ text: fenced(contract), attachments: [cardAttachment] })],
      'How long?',
    );
    expect(messages.map(({ kind, text }) => ({ kind, text }))).toEqual([
      { kind: 'text', text: 'How long?' },
      { kind: 'card', text: undefined },
    ]);
    expect(messages[0]?.format).toBe('markdown');
  });

  it('is left unsaid when there is text, or when it says nothing', () => {
    expect(normalize([message({ text: 'Hello.' })], 'How long?').map(({ text }) => text)).toEqual(['Hello.']);
    expect(normalize([message()], ' ')).toEqual([]);
  });
});

describe('attachments', () => {
  const attached = (attachment: unknown): Message[] => normalize([message({ attachments: [attachment] })]);

  it('with a web address are passed on', () => {
    expect(
      attached({ contentType: 'image/png', contentUrl: 'https://example.org/a.png', name: 'A' }),
    ).toEqual([
      {
        id: '7.1',
        role: 'assistant',
        turn: 7,
        kind: 'attachment',
        attachment: { contentType: 'image/png', url: 'https://example.org/a.png', name: 'A' },
      },
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//host',
    '',
  ])('with the address %j are left out', (contentUrl) => {
    expect(attached({ contentType: 'image/png', contentUrl })).toEqual([]);
  });

  it.each([
    [null],
    ['x'],
    [{}],
    [{ contentType: 'image/png' }],
    [{ contentType: 7, contentUrl: 'https://a.org' }],
  ])('that are not understood are left out: %j', (attachment) => {
    expect(attached(attachment)).toEqual([]);
  });

  it('that are cards are passed on as data, without keys that could reach a prototype', () => {
    const content: unknown = JSON.parse('{"type":"AdaptiveCard","__proto__":{"polluted":1}}');
    expect(attached({ ...cardAttachment, content })[0]?.card).toEqual({ type: 'AdaptiveCard' });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('that are cards beyond all bounds, or empty, are left out', () => {
    expect(
      attached({ ...cardAttachment, content: { body: new Array(limits.structureValues).fill(0) } }),
    ).toEqual([]);
    expect(attached({ contentType: cardAttachment.contentType })).toEqual([]);
  });
});

describe('suggested actions', () => {
  const suggestedActions = {
    to: [],
    actions: [
      { type: 'imBack', title: 'Yes', value: 'yes please' },
      { title: 'No' },
      { title: 'Later', value: { not: 'text' } },
    ],
  };
  const read = [
    { title: 'Yes', value: 'yes please' },
    { title: 'No', value: 'No' },
    { title: 'Later', value: 'Later' },
  ];

  it('stand on the last message of their activity', () => {
    const messages = normalize([
      message({ text: 'Sure?', attachments: [cardAttachment], suggestedActions }),
      message({ text: 'Well?' }),
    ]);
    expect(messages.map((said) => said.suggestedActions)).toEqual([undefined, read, undefined]);
  });

  it('stand on the prompt, or on the message before, when their own activity has no other words', () => {
    const silent = message({ text: fenced(contract), suggestedActions });
    expect(normalize([silent], 'Sure?')).toMatchObject([{ text: 'Sure?', suggestedActions: read }]);
    expect(normalize([message({ text: 'Sure?' }), silent])).toMatchObject([
      { text: 'Sure?', suggestedActions: read },
    ]);
    expect(normalize([silent])).toEqual([]);
  });

  it('that are not understood do not hide the others', () => {
    const mixed = { actions: [null, 7, {}, { title: 9, value: 'nine' }, { title: 'Yes' }] };
    expect(normalize([message({ text: 'a', suggestedActions: mixed })])[0]?.suggestedActions).toEqual([
      { title: 'nine', value: 'nine' },
      { title: 'Yes', value: 'Yes' },
    ]);
  });

  it.each([[undefined], [null], ['yes'], [{ actions: 'yes' }], [{ actions: [] }]])(
    'are absent when there are none: %j',
    (none) => {
      expect(normalize([message({ text: 'a', suggestedActions: none })])[0]).not.toHaveProperty(
        'suggestedActions',
      );
    },
  );
});

describe('what is too long', () => {
  it('is cut, and the cut can be seen', () => {
    const [cut] = textsOf('x'.repeat(limits.messageChars + 1));
    expect(cut).toHaveLength(limits.messageChars);
    expect(cut).toMatch(/x…$/);
    expect(textsOf('x'.repeat(limits.messageChars))[0]).toMatch(/x$/);
  });

  it('is not cut through the middle of a character', () => {
    for (const start of ['', 'x']) {
      const [cut = ''] = textsOf(start + '😀'.repeat(limits.messageChars / 2 + 1));
      expect(cut.length).toBeGreaterThan(limits.messageChars - 2);
      expect(cut.isWellFormed()).toBe(true);
    }
  });

  it('is bounded in the number of messages and of suggested actions', () => {
    const actions = Array.from({ length: limits.suggestedActions + 5 }, (_, index) => ({
      title: String(index),
    }));
    const messages = normalize(
      Array.from({ length: limits.messagesPerTurn + 5 }, () =>
        message({ text: 'a', suggestedActions: { actions } }),
      ),
    );
    expect(messages).toHaveLength(limits.messagesPerTurn);
    expect(messages[0]?.suggestedActions).toHaveLength(limits.suggestedActions);
  });
});
