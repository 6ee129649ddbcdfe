import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../../server/answer/activity.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { fenced, message } from '../../domain/domain-samples.ts';
import { cardAttachment, nested, normalize, normalized } from './normalize-samples.ts';
import { parseActivities } from '../../../support/read-activities.ts';
import { growthOf, linearGrowth } from '../../../support/time.ts';

const textsOf = (text: string): (string | undefined)[] =>
  normalize([message({ text })]).map((said) => said.text);
const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

describe('a text that is too long', () => {
  it('is cut, which can be seen and is reported', () => {
    const { messages, issues } = normalized([message({ text: 'x'.repeat(limits.messageChars + 1) })]);
    expect(messages[0]?.text).toHaveLength(limits.messageChars);
    expect(messages[0]?.text).toMatch(/x…$/);
    expect(issues).toEqual([`text: was cut at ${limits.messageChars} characters`]);
    expect(textsOf('x'.repeat(limits.messageChars))[0]).toMatch(/x$/);
  });

  it('is cut where its words are too long, its structure not counted', () => {
    const contract = `${fenced({ action: 'ask' })}\n`;
    const words = 'x'.repeat(limits.messageChars - 1);
    expect(textsOf(`\n \n${contract.repeat(5_000)}\n \n${contract}Hello.\n${contract}`)).toEqual(['Hello.']);
    expect(textsOf(`${words}\n${contract}`)).toEqual([words]);
    expect(textsOf(`${words}\n${contract}${words}`)).toEqual([`${words}…`]);
  });

  it('is not cut through the middle of a character', () => {
    for (const start of ['', 'x']) {
      const [cut = ''] = textsOf(start + '😀'.repeat(limits.messageChars / 2 + 1));
      expect(cut.length).toBeGreaterThan(limits.messageChars - 2);
      expect(cut.isWellFormed()).toBe(true);
    }
  });
});

describe('an answer that is too large', () => {
  it('is cut after so many messages, the first ones, and it is reported', () => {
    const issues = [`messages: only the first ${limits.messagesPerTurn} were taken`];
    const many = normalized(times(10_000, (index) => message({ text: `Text ${index}` })));
    expect(many.messages).toHaveLength(limits.messagesPerTurn);
    expect(many.messages.at(-1)?.text).toBe(`Text ${limits.messagesPerTurn - 1}`);
    expect(many.issues).toEqual(issues);
    const cards = normalized([message({ attachments: times(10_000, () => cardAttachment) })], 'Which one?');
    expect(cards.messages).toHaveLength(limits.messagesPerTurn);
    expect(cards.messages[0]?.text).toBe('Which one?');
    expect(cards.issues).toEqual([
      `attachments: only the first ${limits.attachmentsPerTurn} were looked at`,
      ...issues,
    ]);
    const enough = normalized(times(limits.messagesPerTurn, () => message({ text: 'a' })));
    expect(enough).toMatchObject({ issues: [] });
    expect(enough.messages).toHaveLength(limits.messagesPerTurn);
  });

  it('is cut after so many characters, and it is reported', () => {
    const long = { text: 'x'.repeat(90_000) };
    const { messages, issues } = normalized(times(50, () => message(long)));
    expect(messages).toHaveLength(11);
    expect(JSON.stringify(messages).length).toBeLessThan(limits.messagesChars + 11 * 100);
    expect(issues).toEqual([`messages: what goes beyond ${limits.messagesChars} characters was left out`]);
  });

  it('has each issue reported once, in a bounded number, and none that quotes what was sent', () => {
    const odd: Activity[] = times(1_000, (index) => ({
      type: index % 2 === 0 ? 'secret' : 'message',
      attachments: [{ contentType: 'secret' }, { contentType: 'image/png', contentUrl: 'secret:' }, 'secret'],
      suggestedActions: { actions: [{ type: 'secret', title: 'secret', value: 'secret' }] },
    }));
    const { issues } = normalized(odd);
    expect(new Set(issues).size).toBe(issues.length);
    expect(issues.length).toBeGreaterThan(3);
    expect(issues.length).toBeLessThanOrEqual(limits.parseIssues);
    for (const issue of issues) expect(issue).not.toContain('secret');
  });
});

describe('an answer nested ten thousand levels deep', () => {
  const deep = nested(10_000);
  const places: [string, Activity][] = [
    ['a value', message({ value: deep })],
    ['channel data', message({ channelData: deep })],
    ['an entity', message({ entities: [deep, { type: 'https://schema.org/Message', citation: deep }] })],
    ['a card', message({ attachments: [{ ...cardAttachment, content: deep }] })],
    [
      'a hero card',
      message({
        attachments: [{ contentType: 'application/vnd.microsoft.card.hero', content: { title: deep } }],
      }),
    ],
    ['an attachment', message({ attachments: [deep] })],
    ['a suggested action', message({ suggestedActions: { actions: [deep, { title: 'a', value: deep }] } })],
    ['suggested actions', message({ suggestedActions: deep })],
    ['a role', message({ from: { role: 'bot', deep }, recipient: { deep } })],
    ['something unheard of', message({ unheardOf: deep })],
  ];

  it.each(places)('is read like any other, in %s', (_place, activity) => {
    const answer = [activity, message({ text: 'Hello.', value: { action: 'ask' } })];
    expect(normalized(answer).messages).toMatchObject([{ text: 'Hello.' }]);
    expect(parseActivities(answer).parse).toBe('structured');
  });
});

describe('the cost of a large answer', () => {
  const piece = (text: string, streamSequence: number, streamId = 's'): Activity => ({
    type: 'typing',
    text,
    entities: [{ type: 'streaminfo', streamId, streamType: 'streaming', streamSequence }],
  });
  const hero = 'application/vnd.microsoft.card.hero';

  it.each<[string, number, (size: number) => Activity[]]>([
    ['messages', 4_000, (size) => times(size, (index) => message({ id: `${index}`, text: 'x'.repeat(700) }))],
    ['pieces that are new', 4_000, (size) => times(size, (index) => piece('x'.repeat(700), index + 1))],
    // Twice as many pieces of up to twice as many characters are four times as much to read.
    [
      'pieces that are cumulative',
      2_000,
      (size) => times(size, (index) => piece('x'.repeat(Math.ceil((5_000 * (index + 1)) / size)), index + 1)),
    ],
    ['streams', 4_000, (size) => times(size, (index) => piece('x'.repeat(700), 1, `s${index}`))],
    [
      'streams and messages that begin alike',
      4_000,
      (size) =>
        times(size, (index) =>
          index % 2 === 0 ? piece('x'.repeat(699), 1, `s${index}`) : message({ text: 'x'.repeat(698) }),
        ),
    ],
    [
      'changes of one message',
      10_000,
      (size) => [message({ id: 'a' }), ...times(size, () => ({ type: 'messageUpdate', id: 'a' }))],
    ],
    ['unknown activities', 10_000, (size) => times(size, (index) => ({ type: `unknown-${index}` }))],
    ['broken blocks', 40_000, (size) => [message({ text: '```json\n'.repeat(size) })]],
    [
      'empty blocks, in many texts',
      50_000,
      (size) => times(50, () => message({ text: '```json\n```\n'.repeat(size / 50) })),
    ],
    ['blocks of another kind', 10_000, (size) => [message({ text: `${fenced({ a: 1 })}\n`.repeat(size) })]],
    ['opening brackets of tags', 200_000, (size) => [message({ text: '<'.repeat(size), textFormat: 'xml' })]],
    ['opening tags', 100_000, (size) => [message({ text: '<a'.repeat(size) + '>', textFormat: 'xml' })]],
    ['ampersands', 200_000, (size) => [message({ speak: '&'.repeat(size) })]],
    [
      'buttons',
      200_000,
      (size) => [
        message({
          attachments: times(size / 200, () => ({
            contentType: hero,
            content: { buttons: times(200, () => ({ title: 'a' })) },
          })),
        }),
      ],
    ],
    [
      'citations',
      20_000,
      (size) => [
        message({
          entities: times(size, (index) => ({
            type: 'https://schema.org/Claim',
            url: `javascript:${index}`,
          })),
        }),
      ],
    ],
    [
      'suggestions without a message',
      2_000,
      (size) =>
        times(size, () =>
          message({ suggestedActions: { actions: times(100, (index) => ({ title: `${index}` })) } }),
        ),
    ],
  ])('of %s grows no faster than its size', async (_what, most, build) => {
    const reading = (size: number) => {
      const activities = build(size);
      return () => ({ parsed: parseActivities(activities), ...normalized(activities) });
    };
    const { parsed, messages } = reading(most)();
    expect(parsed.parse).not.toBe('structured');
    expect(messages.length).toBeLessThanOrEqual(limits.messagesPerTurn);
    expect(await growthOf(reading, most)).toBeLessThan(linearGrowth);
  });
});
