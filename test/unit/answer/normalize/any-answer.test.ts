import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activitySchema } from '../../../../server/answer/activity.ts';
import type { Activity } from '../../../../server/answer/activity.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { deepFreeze, fenced, message } from '../../domain/domain-samples.ts';
import { cardAttachment, normalized } from './normalize-samples.ts';
import { parseActivities } from '../../../support/read-activities.ts';

const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
});
const word = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('', ' ', 'Hello', '😀', '```json\n{oops', '{ }'),
);
const address = fc.oneof(
  fc.webUrl(),
  fc.constantFrom('javascript:alert(1)', 'data:image/png;base64,A', '//a', ''),
);
/** Usually the right value, at times anything. */
const mostly = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary }, { weight: 1, arbitrary: anything });
const partial = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });

const button = partial({
  type: mostly(
    fc.constantFrom('imBack', 'postBack', 'messageBack', 'openUrl', 'signin', 'call', 'playVideo', 'other'),
  ),
  title: mostly(word),
  text: mostly(word),
  displayText: mostly(word),
  value: mostly(fc.oneof(word, address, fc.dictionary(word, word))),
});
const link = mostly(fc.record({ url: address, alt: word }));
const some = (arbitrary: fc.Arbitrary<unknown>) => mostly(fc.array(mostly(arbitrary), { maxLength: 4 }));
const richContent = partial({
  title: mostly(word),
  subtitle: mostly(word),
  text: mostly(word),
  image: link,
  images: some(link),
  media: some(link),
  buttons: some(button),
  tap: mostly(button),
  facts: some(fc.record({ key: word, value: word })),
  items: some(fc.record({ title: word, price: word, image: link })),
  total: mostly(word),
  body: some(anything),
  actions: some(anything),
});
const contentType = fc.constantFrom(
  ...['adaptive', 'hero', 'thumbnail', 'receipt', 'signin', 'oauth', 'animation', 'audio', 'video'].map(
    (kind) => `application/vnd.microsoft.card.${kind}`,
  ),
  'image/png',
  'text/plain',
);
const attachment = partial({
  contentType: mostly(contentType),
  contentUrl: mostly(address),
  name: mostly(word),
  content: mostly(fc.oneof(richContent, word)),
});
const streamInfo = partial({
  type: fc.constant('streaminfo'),
  streamId: fc.constantFrom('a', 'b'),
  streamSequence: fc.nat({ max: 5 }),
  streamType: fc.constantFrom('streaming', 'informative', 'final'),
});
const citation = partial({
  type: fc.constantFrom('https://schema.org/Message', 'https://schema.org/Claim'),
  citation: some(partial({ appearance: partial({ url: address }) })),
  url: address,
});
const activity = partial({
  type: mostly(
    fc.constantFrom(
      'message',
      'message',
      'message',
      'typing',
      'event',
      'endOfConversation',
      'messageUpdate',
      'messageDelete',
      'trace',
    ),
  ),
  id: mostly(fc.constantFrom('1', '2')),
  from: mostly(partial({ role: mostly(fc.constantFrom('bot', 'user')) })),
  recipient: mostly(partial({ role: mostly(fc.constantFrom('bot', 'user', 'user', 'user')) })),
  name: mostly(word),
  code: mostly(fc.constantFrom('completedSuccessfully', 'unknown')),
  text: mostly(word),
  textFormat: mostly(fc.constantFrom('plain', 'markdown', 'xml')),
  speak: mostly(word),
  value: anything,
  channelData: anything,
  entities: some(fc.oneof(streamInfo, citation)),
  attachments: some(attachment),
  suggestedActions: mostly(fc.record({ actions: some(button) })),
}).map((sent) => activitySchema.parse(sent));

// A word that occurs only in the structure.
const mark = 'only-in-the-structure';
const contract = { action: 'ask', data: { note: mark } };
const structured: fc.Arbitrary<Activity> = fc.constantFrom(
  message({ value: contract }),
  message({ channelData: contract, text: 'Hello.' }),
  message({ entities: [contract] }),
  message({ attachments: [{ ...cardAttachment, content: { type: 'AdaptiveCard', data: contract } }] }),
  message({ attachments: [{ ...cardAttachment, content: { ...cardAttachment.content, data: contract } }] }),
  message({ text: fenced(contract) }),
  message({ text: `Hello.\n${fenced('{oops')}\n${fenced(contract)}\nBye.` }),
  message({ text: JSON.stringify(contract), speak: JSON.stringify(contract) }),
  { type: 'event', name: 'e', value: contract },
  { type: 'endOfConversation', text: fenced(contract) },
  {
    type: 'typing',
    // The next piece must not continue on the fence's line, which would no longer close it.
    text: `${fenced(contract)}\n`,
    entities: [{ type: 'streaminfo', streamId: 'c', streamSequence: 1 }],
  },
);

describe('whatever an agent sends', () => {
  const answers = fc.array(
    fc.oneof({ weight: 5, arbitrary: activity }, { weight: 1, arbitrary: structured }),
    {
      maxLength: 8,
    },
  );

  it('becomes messages with their positions as ids, bounded, deterministic, and without the structure', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(answers, fc.option(word), (activities, prompt) => {
        deepFreeze(activities);
        const { messages, issues } = normalized(activities, prompt);
        expect(normalized(structuredCloneOf(activities), prompt)).toEqual({ messages, issues });

        expect(messages.map(({ id }) => id)).toEqual(messages.map((_, index) => `7.${index + 1}`));
        expect(messages.length).toBeLessThanOrEqual(limits.messagesPerTurn);
        expect(JSON.stringify(messages)).not.toContain(mark);
        expect(new Set(issues).size).toBe(issues.length);
        expect(issues.length).toBeLessThanOrEqual(limits.parseIssues);
        for (const said of messages) {
          kinds.add(said.kind);
          expect(said).toMatchObject({ role: 'assistant', turn: 7 });
          expect(said.cardId).toBe(said.kind === 'card' ? `card-${said.id}` : undefined);
          expect(said.text !== undefined && said.text !== '').toBe(said.kind === 'text');
          if (said.attachment !== undefined) expect(said.attachment.url).toMatch(/^https?:/i);
          expect(said.suggestedActions?.length ?? 1).toBeGreaterThan(0);
          expect(said.suggestedActions?.length ?? 1).toBeLessThanOrEqual(limits.suggestedActions);
        }
        // The messages survive JSON, in which they are stored and sent.
        expect(JSON.parse(JSON.stringify(messages))).toEqual(withoutNegativeZero(messages));
        for (const cited of parseActivities(activities).citations) expect(cited).toMatch(/^https?:/i);
      }),
      { numRuns: 500 },
    );
    expect([...kinds].sort()).toEqual(['attachment', 'card', 'text']);
  });

  /** Copies the activities; values that JSON can't carry stay as they are. */
  function structuredCloneOf(value: readonly Activity[]): readonly Activity[] {
    return value.map((each) => activitySchema.parse({ ...each }));
  }

  // JSON has no negative zero.
  function withoutNegativeZero(value: unknown): unknown {
    if (value === 0) return 0;
    if (Array.isArray(value)) return value.map(withoutNegativeZero);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNegativeZero(item)]));
  }
});
