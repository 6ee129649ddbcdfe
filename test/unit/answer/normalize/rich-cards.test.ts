import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../workflows/definition/json.ts';
import { message } from '../../domain/domain-samples.ts';
import { attached, normalize, normalized } from './normalize-samples.ts';

const rich = (kind: string, content: unknown) =>
  attached({ contentType: `application/vnd.microsoft.card.${kind}`, content });
const cardOf = (kind: string, content: unknown): Json | undefined => rich(kind, content).messages[0]?.card;
const url = 'https://example.org/a';
const notUnderstood = 'buttons: one that is not understood, or leads nowhere, was left out';

describe('a hero card', () => {
  it('becomes an Adaptive Card with its images, its words and its links', () => {
    const content = {
      title: 'Title',
      subtitle: 'Subtitle',
      text: '**Text**',
      images: [{ url: 'https://example.org/a.png', alt: 'A' }, 'https://example.org/b.png'],
      buttons: [{ type: 'openUrl', title: 'Open', value: url }],
      tap: { type: 'openUrl', value: url },
    };
    expect(rich('hero', content)).toEqual({
      messages: [
        {
          id: '7.1',
          role: 'assistant',
          turn: 7,
          kind: 'card',
          cardId: 'card-7.1',
          card: {
            type: 'AdaptiveCard',
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            version: '1.5',
            body: [
              { type: 'Image', url: 'https://example.org/a.png', altText: 'A', size: 'Stretch' },
              { type: 'Image', url: 'https://example.org/b.png', size: 'Stretch' },
              { type: 'TextBlock', text: 'Title', wrap: true, size: 'Medium', weight: 'Bolder' },
              { type: 'TextBlock', text: 'Subtitle', wrap: true, isSubtle: true, spacing: 'None' },
              { type: 'TextBlock', text: '**Text**', wrap: true },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open', url }],
            selectAction: { type: 'Action.OpenUrl', title: url, url },
          },
        },
      ],
      issues: [],
    });
  });

  it('offers what its buttons say as suggestions, and submits what is no text', () => {
    const buttons = [
      { type: 'imBack', title: 'Small', value: 'size s' },
      { type: 'postBack', title: 'Large', value: { size: 'l' } },
      { type: 'messageBack', title: 'None', text: 'none' },
    ];
    const [shown] = rich('hero', { title: 'Size?', buttons }).messages;
    expect(shown).toMatchObject({
      kind: 'card',
      card: { actions: [{ type: 'Action.Submit', title: 'Large', data: { size: 'l' } }] },
      suggestedActions: [
        { title: 'Small', value: 'size s' },
        { title: 'None', value: 'none' },
      ],
    });
  });

  it('keeps each suggestion on its own card in a carousel', () => {
    const attachments = ['A', 'B'].map((plan) => ({
      contentType: 'application/vnd.microsoft.card.hero',
      content: { title: plan, buttons: [{ type: 'imBack', title: 'Choose', value: plan }] },
    }));
    const messages = normalize([message({ attachments, attachmentLayout: 'carousel' })]);
    expect(messages.map(({ suggestedActions }) => suggestedActions?.[0]?.value)).toEqual(['A', 'B']);
  });

  it('with only suggestions attaches them to the message before', () => {
    const contentType = 'application/vnd.microsoft.card.hero';
    const content = { buttons: [{ type: 'imBack', title: 'Yes', value: 'yes' }] };
    expect(normalized([message({ text: 'Sure?', attachments: [{ contentType, content }] })])).toMatchObject({
      messages: [{ kind: 'text', text: 'Sure?', suggestedActions: [{ title: 'Yes', value: 'yes' }] }],
      issues: [],
    });
    expect(normalized([message({ attachments: [{ contentType, content: {} }] })]).messages).toEqual([]);
  });

  it.each([
    ['a script', { type: 'openUrl', title: 'A', value: 'javascript:alert(1)' }],
    ['data', { type: 'downloadFile', title: 'A', value: 'data:text/html,x' }],
    ['no address', { type: 'signin', title: 'A' }],
    ['an unknown kind', { type: 'selfDestruct', title: 'A', value: 'a' }],
    ['no words', { type: 'imBack' }],
    ['nothing', null],
    ['a list', { type: 'postBack', title: 'A', value: [1] }],
  ])('loses a button that leads to %s, and it is reported', (_what, button) => {
    const { messages, issues } = rich('hero', { title: 'A', buttons: [button] });
    expect(messages[0]?.card).not.toHaveProperty('actions');
    expect(messages[0]).not.toHaveProperty('suggestedActions');
    expect(issues).toEqual([notUnderstood]);
  });

  it('loses an image that is no web address, and it is reported', () => {
    const images = [{ url: 'data:image/png;base64,AAAA' }, { url: 'javascript:alert(1)' }, {}, { url }];
    const { messages, issues } = rich('hero', { images });
    expect(messages[0]?.card).toMatchObject({ body: [{ type: 'Image', url }] });
    expect(issues).toEqual(['cards: an image or medium without a web address was left out']);
  });

  it('loses a link to a host that the workflow does not allow', () => {
    const button = { type: 'openUrl', title: 'Open', value: 'https://elsewhere.example/' };
    const { messages, issues } = rich('hero', { title: 'A', buttons: [button] });
    expect(JSON.stringify(messages[0]?.card)).not.toContain('elsewhere');
    expect(issues).toHaveLength(1);
  });

  it('shows a telephone number as text', () => {
    expect(
      cardOf('hero', { buttons: [{ type: 'call', title: 'Call us', value: 'tel:+491234' }] }),
    ).toMatchObject({
      body: [{ type: 'TextBlock', text: 'Call us: +491234' }],
    });
  });

  it('with malformed parts is rendered without them', () => {
    const content = { title: 7, subtitle: '', text: 'Text', images: 'a', buttons: {}, tap: null };
    expect(rich('hero', content)).toMatchObject({
      messages: [{ card: { body: [{ type: 'TextBlock', text: 'Text' }] } }],
      issues: [],
    });
  });
});

describe('other rich cards', () => {
  it('with a thumbnail show it beside the words', () => {
    expect(cardOf('thumbnail', { title: 'T', images: [{ url }] })).toMatchObject({
      body: [
        {
          type: 'ColumnSet',
          columns: [
            { type: 'Column', items: [{ type: 'TextBlock', text: 'T' }] },
            { type: 'Column', items: [{ type: 'Image', url }] },
          ],
        },
      ],
    });
    expect(cardOf('thumbnail', { title: 'T' })).toMatchObject({ body: [{ type: 'TextBlock', text: 'T' }] });
  });

  it.each(['signin', 'oauth'])('of kind %s lead to the sign-in', (kind) => {
    const buttons = [{ type: 'signin', title: 'Sign in', value: url }];
    expect(cardOf(kind, { text: 'Please', connectionName: 'graph', buttons })).toMatchObject({
      body: [{ type: 'TextBlock', text: 'Please' }],
      actions: [{ type: 'Action.OpenUrl', title: 'Sign in', url }],
    });
  });

  it('with a receipt list its facts, its items and its sums', () => {
    const content = {
      title: 'Receipt',
      facts: [{ key: 'Order', value: '42' }, { key: 'Odd', value: {} }, 7],
      items: [{ title: 'Desk', price: '$ 100', quantity: 2, image: { url } }, { title: 'Lamp' }, null],
      tax: '$ 8',
      total: 108,
    };
    expect(cardOf('receipt', content)).toMatchObject({
      body: [
        { type: 'TextBlock', text: 'Receipt' },
        {
          type: 'FactSet',
          facts: [
            { title: 'Order', value: '42' },
            { title: 'Odd', value: '' },
          ],
        },
        {
          type: 'ColumnSet',
          columns: [
            { items: [{ type: 'Image', url }] },
            { items: [{ type: 'TextBlock', text: 'Desk' }] },
            { items: [{ type: 'TextBlock', text: '2 × $ 100' }] },
          ],
        },
        { type: 'ColumnSet', columns: [{ items: [{ type: 'TextBlock', text: 'Lamp' }] }] },
        {
          type: 'FactSet',
          facts: [
            { title: 'Tax', value: '$ 8' },
            { title: 'Total', value: '108' },
          ],
        },
      ],
    });
  });

  it.each([
    ['video', 'https://example.org/a.webm', 'video/webm'],
    ['video', 'https://example.org/watch', 'video/mp4'],
    ['audio', 'https://example.org/a.MP3?x=1', 'audio/mpeg'],
    ['animation', 'https://example.org/a.mp4', 'video/mp4'],
  ])('of kind %s with %s are played', (kind, medium, mimeType) => {
    const media = [{ url: medium }, { url: 'javascript:alert(1)' }];
    expect(rich(kind, { title: 'T', image: { url }, media })).toMatchObject({
      messages: [
        {
          card: {
            body: [
              { type: 'Media', sources: [{ mimeType, url: medium }], poster: url },
              { type: 'TextBlock', text: 'T' },
            ],
          },
        },
      ],
      issues: ['cards: an image or medium without a web address was left out'],
    });
  });

  it('with an animation that is a picture show it; without a medium, their image', () => {
    const gif = 'https://example.org/a.gif';
    expect(cardOf('animation', { media: [{ url: gif }] })).toMatchObject({
      body: [{ type: 'Image', url: gif }],
    });
    expect(cardOf('video', { image: { url } })).toMatchObject({ body: [{ type: 'Image', url }] });
  });

  it.each(['hero', 'thumbnail', 'receipt', 'signin', 'oauth', 'animation', 'audio', 'video'])(
    'of kind %s are never fatal, whatever is in them',
    (kind) => {
      for (const content of [undefined, null, 7, 'a', [], {}])
        expect(rich(kind, content).messages).toEqual([]);
    },
  );
});
