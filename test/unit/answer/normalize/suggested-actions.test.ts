import { describe, expect, it } from 'vitest';
import { limits } from '../../../../server/domain/limits.ts';
import { fenced, message } from '../../domain/domain-samples.ts';
import { cardAttachment, normalize, normalized } from './normalize-samples.ts';

const contract = { action: 'ask', data: { days: 3 } };
const notUnderstood = 'buttons: one that is not understood, or leads nowhere, was left out';

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
    expect(normalized([silent])).toEqual({
      messages: [],
      issues: ['suggestedActions: nothing was said that they could stand on'],
    });
  });

  it('that are not understood do not hide the others', () => {
    const mixed = { actions: [null, 7, {}, { title: 9, value: 'nine' }, { title: 'Yes' }] };
    const { messages, issues } = normalized([message({ text: 'a', suggestedActions: mixed })]);
    expect(messages[0]?.suggestedActions).toEqual([
      { title: 'nine', value: 'nine' },
      { title: 'Yes', value: 'Yes' },
    ]);
    expect(issues).toEqual([notUnderstood]);
  });

  const suggesting = (...actions: unknown[]) =>
    normalized([message({ text: 'a', suggestedActions: { actions } })]);

  it.each([
    ['its value', { type: 'imBack', title: 'A', value: 'a' }, { title: 'A', value: 'a' }],
    ['its value', { type: 'postBack', title: 'A', value: 'a' }, { title: 'A', value: 'a' }],
    ['a number', { type: 'postBack', title: 'A', value: 4 }, { title: 'A', value: '4' }],
    [
      'its text',
      { type: 'messageBack', title: 'A', text: 'a', displayText: 'b' },
      { title: 'A', value: 'a' },
    ],
    ['its title', { type: 'messageBack', title: 'A', displayText: 'b' }, { title: 'A', value: 'A' }],
    ['its title', { type: 'imBack', title: 'A', value: '' }, { title: 'A', value: 'A' }],
    ['its title', { type: 'postBack', title: 'A', value: { a: 1 } }, { title: 'A', value: 'A' }],
  ])('say %s: %j', (_what, action, suggestion) => {
    expect(suggesting(action).messages).toMatchObject([{ text: 'a', suggestedActions: [suggestion] }]);
  });

  it('that open an address are buttons of a card, because saying an address would not open it', () => {
    const { messages, issues } = suggesting(
      { type: 'openUrl', title: 'Read', value: 'https://example.org/a' },
      { type: 'imBack', title: 'Go on', value: 'on' },
      { type: 'openUrl', title: 'Steal', value: 'javascript:alert(1)' },
    );
    expect(messages).toMatchObject([
      { kind: 'text' },
      {
        kind: 'card',
        card: { actions: [{ type: 'Action.OpenUrl', title: 'Read', url: 'https://example.org/a' }] },
        suggestedActions: [{ title: 'Go on', value: 'on' }],
      },
    ]);
    expect(issues).toEqual([notUnderstood]);
  });

  it('are bounded in number, in their titles, and to what a user may say', () => {
    const many = Array.from({ length: limits.suggestedActions + 5 }, (_, index) => ({ title: `${index}` }));
    const { messages, issues } = suggesting(...many);
    expect(messages[0]?.suggestedActions).toHaveLength(limits.suggestedActions);
    expect(issues).toEqual([
      `suggestedActions: only the first ${limits.suggestedActions} of a message were taken`,
    ]);
    const [long] = suggesting({ title: 'x'.repeat(10_000), value: 'y'.repeat(10_000) }).messages;
    expect(long?.suggestedActions?.[0]?.title).toHaveLength(limits.suggestedActionTitleChars);
    expect(long?.suggestedActions?.[0]?.value).toHaveLength(limits.textChars);
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
