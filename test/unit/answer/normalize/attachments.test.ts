import { describe, expect, it } from 'vitest';
import { limits } from '../../../../server/domain/limits.ts';
import { message } from '../../domain/domain-samples.ts';
import { attached, card, cardAttachment, nested, normalize } from './normalize-samples.ts';

describe('attachments', () => {
  it('with a web address are passed on', () => {
    const image = { contentType: 'image/png', contentUrl: 'https://example.org/a.png', name: 'A' };
    expect(attached(image)).toEqual({
      messages: [
        {
          id: '7.1',
          role: 'assistant',
          turn: 7,
          kind: 'attachment',
          attachment: { contentType: 'image/png', url: 'https://example.org/a.png', name: 'A' },
        },
      ],
      issues: [],
    });
    expect(
      attached({ contentType: 'application/pdf', contentUrl: 'http://example.org/b' }).messages,
    ).toMatchObject([{ attachment: { contentType: 'application/pdf', url: 'http://example.org/b' } }]);
  });

  it.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'data:image/png;base64,AAAA',
    'file:///etc/passwd',
    '//host',
    '',
    `https://example.org/${'x'.repeat(limits.attachmentUrlChars)}`,
  ])('with the address %j are left out, and reported', (contentUrl) => {
    expect(attached({ contentType: 'image/png', contentUrl })).toEqual({
      messages: [],
      issues: ['attachments: one whose address is no web address was left out'],
    });
  });

  it.each([
    [null],
    ['x'],
    [{}],
    [{ contentType: 'image/png' }],
    [{ contentType: 7, contentUrl: 'https://a.org' }],
    [{ contentType: 'application/vnd.microsoft.unheard-of', content: {} }],
  ])('that are not understood are left out, and reported: %j', (attachment) => {
    expect(attached(attachment)).toEqual({
      messages: [],
      issues: ['attachments: one that is not understood was left out'],
    });
  });

  it('that are texts are said', () => {
    expect(
      attached(
        { contentType: 'text/plain', content: '*a*' },
        { contentType: 'text/markdown', content: '*b*' },
      ).messages,
    ).toMatchObject([
      { kind: 'text', text: '*a*', format: 'plain' },
      { kind: 'text', text: '*b*', format: 'markdown' },
    ]);
  });

  it.each(['list', 'carousel'])('keep their order as a %s', (attachmentLayout) => {
    const pictures = ['a', 'b', 'c'].map((name) => ({
      contentType: 'image/png',
      contentUrl: `https://example.org/${name}`,
    }));
    const messages = normalize([message({ text: 'Here:', attachments: pictures, attachmentLayout })]);
    expect(messages.map(({ text, attachment }) => text ?? attachment?.url)).toEqual([
      'Here:',
      'https://example.org/a',
      'https://example.org/b',
      'https://example.org/c',
    ]);
  });
});

describe('Adaptive Cards', () => {
  it('are passed on as data, without keys that could reach a prototype', () => {
    const content: unknown = JSON.parse('{"type":"AdaptiveCard","__proto__":{"polluted":1}}');
    const { messages, issues } = attached({ ...cardAttachment, content });
    expect(messages[0]?.card).toEqual({ type: 'AdaptiveCard' });
    expect(issues).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('are known by their content type in any case of letters', () => {
    const contentType = 'Application/Vnd.Microsoft.Card.Adaptive ';
    expect(attached({ contentType, content: card }).messages).toMatchObject([{ kind: 'card', card }]);
  });

  it.each<[string, unknown, string]>([
    [
      'hold too much',
      { body: new Array(limits.cardValues).fill(0) },
      `cards: one was left out: it holds more than ${limits.cardValues} values`,
    ],
    [
      'are nested too deep',
      nested(limits.cardDepth + 1),
      `cards: one was left out: it is nested more than ${limits.cardDepth} levels deep`,
    ],
    [
      'are nested ten thousand levels deep',
      nested(10_000),
      `cards: one was left out: it is nested more than ${limits.cardDepth} levels deep`,
    ],
    [
      'are too long',
      { body: 'x'.repeat(limits.cardChars) },
      `cards: one was left out: it is longer than ${limits.cardChars} characters`,
    ],
    ['are empty', undefined, 'cards: one was left out: it is not JSON'],
    ['are no objects', [card], 'cards: one that is no object was left out'],
  ])('that %s are left out, and reported', (_what, content, issue) => {
    expect(attached({ ...cardAttachment, content })).toEqual({ messages: [], issues: [issue] });
  });

  it('as deep and as full as may be are shown', () => {
    const body = new Array<number>(limits.cardValues - 10).fill(0);
    for (const content of [{ body: nested(limits.cardDepth - 2) }, { body }]) {
      expect(attached({ ...cardAttachment, content })).toMatchObject({
        messages: [{ kind: 'card', card: content }],
        issues: [],
      });
    }
  });

  it('do not repeat their structure, and are not shown if they contain nothing else', () => {
    const data = { action: 'ask', data: { days: 3 } };
    expect(attached({ ...cardAttachment, content: { ...card, data } }).messages[0]?.card).toEqual(card);
    expect(attached({ ...cardAttachment, content: { type: 'AdaptiveCard', version: '1.5', data } })).toEqual({
      messages: [],
      issues: [],
    });
    const other = { ...card, data: { price: 3 } };
    expect(attached({ ...cardAttachment, content: other }).messages[0]?.card).toEqual(other);
  });

  it('of which nothing is left to draw are left out', () => {
    const actions = [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://elsewhere.example/b' }];
    for (const content of [{ type: 'AdaptiveCard', body: [], actions }, { type: 'Action.Http' }]) {
      const { messages, issues } = attached({ ...cardAttachment, content });
      expect(messages).toEqual([]);
      expect(issues).toHaveLength(1);
    }
    expect(
      attached({ ...cardAttachment, content: { type: 'AdaptiveCard', body: [] } }).messages,
    ).toHaveLength(1);
  });

  it('lose contents that the workflow does not allow, which is reported', () => {
    const actions = ['https://example.org/a', 'https://elsewhere.example/b', 'javascript:alert(1)'].map(
      (url) => ({
        type: 'Action.OpenUrl',
        title: 'Open',
        url,
      }),
    );
    const { messages, issues } = attached({ ...cardAttachment, content: { ...card, actions } });
    expect(messages[0]?.card).toEqual({ ...card, actions: actions.slice(0, 1) });
    expect(issues).not.toEqual([]);
    for (const issue of issues) expect(issue).toMatch(/^cards: /);
  });
});
