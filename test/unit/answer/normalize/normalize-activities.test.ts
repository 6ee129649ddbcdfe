import { describe, expect, it } from 'vitest';
import { fenced, message } from '../../domain/domain-samples.ts';
import { card, cardAttachment, normalize, normalized } from './normalize-samples.ts';

const textsOf = (text: string): (string | undefined)[] =>
  normalize([message({ text })]).map((said) => said.text);
const contract = { action: 'ask', data: { days: 3 } };

describe('messages', () => {
  it("come in the answer's order, with ids made of turn and position alone", () => {
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
    expect(formats).toEqual(['plain', 'markdown', 'plain', 'markdown']);
  });

  it('are the words alone of a text in XML', () => {
    const text = '<b>Bold</b> &amp; <a href="https://example.org">linked</a>, 1 < 2 &lt;b&gt; &amp;lt;';
    expect(normalize([message({ text, textFormat: 'xml' })])[0]?.text).toBe('Bold & linked, 1 < 2 <b> &lt;');
  });

  it('keep their Markdown as it is', () => {
    const text = '# Title\n\n- **one**\n- [two](https://example.org)\n\n| a |\n| - |\n| 1 |';
    expect(textsOf(text)).toEqual([text]);
  });

  it("are an activity's spoken text, without its markup, if it has no other", () => {
    const speak = '<speak version="1.0">Hello <break time="1s"/>there.</speak>';
    expect(normalize([message({ speak })])).toMatchObject([{ text: 'Hello there.', format: 'plain' }]);
    expect(normalize([message({ speak, text: 'Hi.' })]).map(({ text }) => text)).toEqual(['Hi.']);
    expect(normalize([message({ speak, attachments: [cardAttachment] })]).map(({ kind }) => kind)).toEqual([
      'card',
    ]);
    expect(normalize([message({ speak: fenced(contract) })])).toEqual([]);
  });

  it('are the last words of an agent that ends the conversation', () => {
    expect(normalize([{ type: 'endOfConversation', text: 'Bye *now*.' }])).toMatchObject([
      { kind: 'text', text: 'Bye *now*.', format: 'plain' },
    ]);
  });

  it('say nothing of an event, which is for programs, and do not count it', () => {
    const events = Array.from({ length: 200 }, (_, index) => ({
      type: 'event',
      name: `Plan${index}`,
      value: 1,
    }));
    expect(normalize([...events, message({ text: 'It starts in May.' })])).toMatchObject([
      { id: '7.1', kind: 'text', text: 'It starts in May.' },
    ]);
  });

  it('are absent if the answer has no words', () => {
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

  it('without a closing fence leaves the next block intact', () => {
    const open = fenced(contract).slice(0, -4);
    expect(textsOf(`Noted.\n${open}\n${fenced('{oops')}`)).toEqual([`Noted.\n${fenced('{oops')}`]);
  });

  it('is the only block left out: other JSON, other code and broken blocks are words', () => {
    for (const text of [
      fenced({ price: 3 }),
      fenced('{oops'),
      '```python\nprint()\n```',
      '{ hi }',
      'Write {"price": 3} into it.',
    ]) {
      expect(textsOf(text)).toEqual([text]);
    }
  });
});

describe('JSON that stands by itself', () => {
  it.each([
    '{"price": 3}',
    '[{"price": 3}]',
    'Here:\n{"price": 3}',
    '{"price": 3',
    '{"data": 3, oops',
    '{"action": "dance"}',
  ])('is never shown, be it the structure or not: %s', (text) => {
    const { messages, issues } = normalized([message({ text })]);
    expect(JSON.stringify(messages)).not.toMatch(/price|oops|dance/);
    expect(issues).toEqual(['text: JSON that is not the structure was left out']);
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

  it('is left out if there is text, or if it is blank', () => {
    expect(normalize([message({ text: 'Hello.' })], 'How long?').map(({ text }) => text)).toEqual(['Hello.']);
    expect(normalize([message()], ' ')).toEqual([]);
  });
});
