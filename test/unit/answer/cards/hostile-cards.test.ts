import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../workflows/definition/json.ts';
import { toBoundedJson, toBoundedStrictJson } from '../../../../server/domain/json.ts';
import { checkCardAction } from '../../../../server/answer/cards/check-card-action.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import { vetCard } from '../../../../server/answer/cards/vet-card.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { costBeside } from '../../../support/time.ts';
import { cardOf, usualRules } from './sample-cards.ts';

/** Many times the cost of a harmless card; each of these took more before it was fixed. */
const atOnce = 500;

type Data = Readonly<Record<string, Json>>;

/** Default limit of the environment for the body of a request. */
const bodyBytes = 262_144;

/** Checks that a card and its submitted data are within the limits that apply before this code. */
function withinLimits(card: Json, data: Data): void {
  const bounds = { depth: limits.cardDepth, values: limits.cardValues };
  expect(toBoundedJson(card, bounds)).toMatchObject({ ok: true });
  expect(JSON.stringify(card).length).toBeLessThanOrEqual(limits.cardChars);
  expect(toBoundedStrictJson(data)).toMatchObject({ ok: true });
  expect(JSON.stringify(data).length).toBeLessThanOrEqual(bodyBytes);
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const record = (count: number, prefix = 'k', value: Json = 1): Data =>
  Object.fromEntries(times(count, (index) => [`${prefix}${index}`, value]));

function nested(levels: number, within: (inner: Json | null) => Json): Json {
  let card = within(null);
  for (let level = 1; level < levels; level += 1) card = within(card);
  return card;
}

const commas = times(100, (index) => ({ value: ','.repeat(index + 1) }));
const choiceSets = (count: number, choices: Json): Json[] =>
  times(count, (index) => ({ type: 'Input.ChoiceSet', id: `k${index}`, isMultiSelect: true, choices }));
const openers = (count: number): Json[] =>
  times(count, (index) => ({
    type: 'Action.ShowCard',
    card: { body: [{ type: 'Input.Date', id: `inner${index}` }], actions: [{ type: 'Action.Submit' }] },
  }));
const submits = (count: number, data?: Json): Json[] =>
  times(count, () => ({ type: 'Action.Submit', ...(data === undefined ? {} : { data }) }));
const texts = (count: number, rest: Record<string, Json> = {}): Json[] =>
  times(count, (index) => ({ type: 'Input.Text', id: `k${index}`, ...rest }));

const shapes: Readonly<Record<string, readonly [card: Json, data: Data]>> = {
  'lists of choices that are made of commas': [
    cardOf(choiceSets(20, commas)),
    record(20, 'k', ','.repeat(8_000)),
  ],
  'one list of as many choices as a card holds, each of as many commas': [
    cardOf(
      choiceSets(
        1,
        times(650, (index) => ({ value: ','.repeat(index) })),
      ),
    ),
    { k0: `${','.repeat(7_999)}x` },
  ],
  'many actions with an object, of which a large one is submitted': [
    cardOf([], submits(980, { k: { a: 1 } })),
    { k: record(4_900) },
  ],
  'many actions with a list, of which a large one is submitted': [
    cardOf([], submits(1_200, { k: [] })),
    { k: times(4_900, () => 1) },
  ],
  'many actions, and many keys that none of them knows': [cardOf([], submits(2_400)), record(4_900)],
  'many actions, each of which gathers many inputs': [
    cardOf(texts(820), submits(1_200)),
    record(820, 'k', 'text'),
  ],
  'many actions, each of which lacks many inputs': [cardOf(texts(820), submits(1_200)), { other: 1 }],
  'many cards within a card of many inputs': [
    cardOf(texts(800), openers(240)),
    { ...record(800, 'k', 'text'), ...record(3_000, 'x') },
  ],
  'cards within cards, all with inputs of the same id': [
    nested(20, (inner) => ({
      body: times(70, () => ({ type: 'Input.Number', id: 'a' })),
      actions: [
        { type: 'Action.Submit' },
        ...(inner === null ? [] : [{ type: 'Action.ShowCard', card: inner }]),
      ],
    })),
    { a: 'x'.repeat(250_000) },
  ],
  'many inputs for one long text': [
    cardOf(times(800, () => ({ type: 'Input.Time', id: 'a' }))),
    { a: `10:00:00.${'1'.repeat(250_000)}x` },
  ],
  'many inputs with an expression that takes long': [
    cardOf(texts(800, { regex: '^a*a*a*a*b$' })),
    record(800, 'k', 'a'.repeat(300)),
  ],
  'one action with as much data as a card holds, among many that have none': [
    cardOf([], [...submits(1, record(2_400)), ...submits(1_200)]),
    record(4_900, 'k', 2),
  ],
};

describe('a card that was made to be slow', () => {
  const harmless = cardOf(texts(400), submits(400));
  const filled = record(400, 'k', 'text');
  const checkHarmless = () => checkCardAction(harmless, { data: filled }, usualRules);
  const vetHarmless = () => vetCard(harmless, usualRules);

  it.each(Object.entries(shapes))('is checked at once: %s', async (_, [card, data]) => {
    withinLimits(card, data);
    const check = () => checkCardAction(card, { data }, usualRules);
    const vet = () => vetCard(card, usualRules);
    expect(await costBeside(check, checkHarmless, atOnce)).toBeLessThan(atOnce);
    expect(await costBeside(vet, vetHarmless, atOnce)).toBeLessThan(atOnce);
  });

  const distinct = (count: number): string =>
    String.fromCodePoint(...times(count, (index) => 0x4e_00 + index));
  const links = (url: string, count: number): Json[] => times(count, () => ({ type: 'Action.OpenUrl', url }));
  const images = (url: string, count: number): Json[] => times(count, () => ({ type: 'Image', url }));

  it.each<[string, Json]>([
    ['one host of very many characters', cardOf(images(`https://${distinct(20_000).repeat(10)}`, 1))],
    ['a link to it', cardOf([], links(`https:${distinct(20_000).repeat(10)}`, 1))],
    ['many hosts of as many characters as an address has', cardOf(images(`https://${distinct(4_080)}`, 60))],
    ['with a tab in their scheme', cardOf(images(`ht\ttps:\\\\\n${distinct(4_080)}`, 60))],
    [
      'many hosts of as many characters as may stand there',
      cardOf([], links(`https://${distinct(290)}`, 550)),
    ],
    [
      'many names of actions',
      cardOf(
        [],
        times(1_200, (index) => ({ type: 'Action.Submit', id: `${index}`.repeat(40) })),
      ),
    ],
  ])('is vetted at once: %s', async (_, card) => {
    withinLimits(card, {});
    const rules: CardRules = { allowedActions: ['a'], allowedHosts: ['example.com'] };
    expect(await costBeside(() => vetCard(card, rules), vetHarmless, atOnce)).toBeLessThan(atOnce);
  });
});

describe('a list of choices', () => {
  const submitted = (choices: Json, k0: string) =>
    checkCardAction(cardOf(choiceSets(1, choices)), { data: { k0 } }, usualRules);

  it('may hold hundreds of choices with commas in them, alike at the beginning', () => {
    const values = times(360, (index) => `Lisbon, district ${index}`);
    const list = values.join(',');
    expect(list.length).toBeGreaterThan(7_000);
    expect(
      submitted(
        values.map((value) => ({ value })),
        list,
      ),
    ).toMatchObject({ ok: true });
  });

  it('is refused, and not trusted, if there are too many ways to read it', () => {
    const choices = times(650, (index) => ({ value: ','.repeat(index) }));
    expect(submitted(choices, `${','.repeat(7_999)}x`)).toMatchObject({ ok: false });
    const many = cardOf(choiceSets(20, commas));
    expect(checkCardAction(many, { data: { k0: ','.repeat(8_000) } }, usualRules)).toEqual({
      ok: false,
      issues: [{ path: 'data.k0', message: "must be some of the card's choices, separated by commas" }],
    });
  });
});
