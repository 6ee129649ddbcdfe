import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../../workflows/definition/json.ts';
import { toBoundedJson } from '../../../../server/domain/json.ts';
import { checkCardAction } from '../../../../server/answer/cards/check-card-action.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import { vetCard } from '../../../../server/answer/cards/vet-card.ts';
import { costBeside, growthOf, linearGrowth } from '../../../support/time.ts';
import { deepFreeze } from '../../domain/domain-samples.ts';

const types = [
  ...['AdaptiveCard', 'Container', 'ColumnSet', 'Table', 'Unheard.Of'],
  ...[
    'Action.OpenUrl',
    'Action.Submit',
    'Action.Execute',
    'Action.ShowCard',
    'Action.Http',
    'action.openurl',
  ],
  ...[
    'Input.Text',
    'Input.Number',
    'Input.Date',
    'Input.Time',
    'Input.Toggle',
    'Input.ChoiceSet',
    'Input.New',
  ],
];
const urls = [
  'https://example.com/',
  'https://other.example/',
  'https://example.com@other.example',
  'javascript:1',
  '',
];
const names = ['a', 'b', 'approve', 'toString', ''];
const keys = [
  ...[
    'type',
    'id',
    'verb',
    'url',
    'data',
    'card',
    'body',
    'items',
    'actions',
    'selectAction',
    'inlineAction',
  ],
  ...[
    'poster',
    'iconUrl',
    'backgroundImage',
    'sources',
    'fallback',
    'requires',
    'refresh',
    'isRequired',
    'regex',
    'min',
    'max',
    'maxLength',
    'choices',
    'value',
  ],
  ...['isMultiSelect', 'associatedInputs', 'valueOn', 'a', 'b', 'toString'],
];

const scalar = fc.oneof(
  fc.constantFrom<Json>(
    ...urls,
    ...names,
    'none',
    '^(a+)+$',
    '2026-01-01',
    '09:30',
    true,
    false,
    null,
    0,
    3,
    -1.5,
  ),
  fc.string(),
);
const { node } = fc.letrec<{ node: Json; object: Json }>((tie) => ({
  object: fc
    .tuple(
      fc.constantFrom(...types),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6, depthIdentifier: 'card' }),
    )
    .map(([type, rest]) => ({ ...rest, type })),
  node: fc.oneof(
    { depthIdentifier: 'card', maxDepth: 6 },
    scalar,
    tie('object'),
    fc.array(tie('node'), { maxLength: 5, depthIdentifier: 'card' }),
  ),
}));
const data = fc.dictionary(fc.constantFrom(...names, 'x'), node, { maxKeys: 4 });
const rules: CardRules = { allowedActions: ['a', 'approve'], allowedHosts: ['example.com'] };

const loose = z.looseObject({ type: z.string(), url: z.unknown(), id: z.unknown(), verb: z.unknown() });

/** Returns every action of a card that a renderer could find. */
function actionsIn(value: Json): z.infer<typeof loose>[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  const here = loose.safeParse(value);
  const isAction = here.success && /^action\./i.test(here.data.type);
  const below = Object.entries(value).flatMap(([key, child]) =>
    isAction && key === 'data' ? [] : actionsIn(child),
  );
  return isAction ? [here.data, ...below] : below;
}

/** Returns every text that a renderer could take for the address of something to load. */
function addressesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(addressesIn);
  const { type } = value;
  const isAction = typeof type === 'string' && /^action\./i.test(type);
  const keys = ['poster', 'iconUrl', 'backgroundImage', ...(isAction ? [] : ['url'])];
  return Object.entries(value).flatMap(([key, child]) => {
    if (isAction && key === 'data') return [];
    return typeof child === 'string' && keys.includes(key) ? [child] : addressesIn(child);
  });
}

describe('any card at all', () => {
  it('is vetted without a throw or a change to what was given, and holds nothing that is not allowed', () => {
    fc.assert(
      fc.property(node, (card) => {
        const vetted = vetCard(deepFreeze(card), rules);
        for (const { type, url, id, verb } of actionsIn(vetted.card)) {
          switch (type) {
            case 'Action.OpenUrl':
              expect(url).toBe('https://example.com/');
              break;
            case 'Action.Submit':
            case 'Action.Execute':
              expect(rules.allowedActions).toContain(typeof verb === 'string' && verb !== '' ? verb : id);
              break;
            default:
              expect(['Action.ShowCard']).toContain(type);
          }
        }
        for (const address of addressesIn(vetted.card)) expect(address).toMatch(/^(?:https?:|data:image\/)/);
        expect(vetted.issues.length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('needs vetting once: a second time changes and reports nothing', () => {
    fc.assert(
      fc.property(node, (card) => {
        const once = vetCard(card, rules).card;
        expect(vetCard(once, rules)).toEqual({ card: once, issues: [] });
      }),
    );
  });

  it('is checked against any data without a throw, and what it accepts is the data as it was', () => {
    fc.assert(
      fc.property(node, data, fc.option(fc.constantFrom(...names)), (card, submitted, action) => {
        const checked = checkCardAction(
          deepFreeze(card),
          { data: deepFreeze(submitted), action: action ?? undefined },
          rules,
        );
        if (checked.ok) {
          expect(checked.data).toEqual(submitted);
          expect(['a', 'approve', null]).toContain(checked.action.name);
        } else {
          expect(checked.issues.length).toBeGreaterThan(0);
          expect(checked.issues.length).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  it('is vetted and checked at a cost that grows no faster than its size', async () => {
    const vetting = (size: number) => {
      const actions = Array.from({ length: size }, () => ({ type: 'Action.Submit', id: 'a' }));
      const inputs = Array.from({ length: size / 2 }, (_, index) => ({
        type: 'Input.Text',
        id: `i${index}`,
      }));
      const card = toBoundedJson([...actions, ...inputs]);
      if (!card.ok) throw new Error(card.issue);
      const filled = Object.fromEntries(inputs.map(({ id }) => [id, 'text']));
      return () => vetAndCheck(card.value, filled);
    };
    expect(await growthOf(vetting, 800)).toBeLessThan(linearGrowth);
  });

  it('is vetted and checked at a cost that does not depend on its depth', async () => {
    const deep = (levels: number): Json =>
      levels === 0 ? [] : { type: 'Container', items: deep(levels - 1) };
    const flat = { type: 'Container', items: Array.from({ length: 30 }, () => ({ type: 'Container' })) };
    expect(
      await costBeside(
        () => vetAndCheck(deep(31), {}),
        () => vetAndCheck(flat, {}),
        10,
      ),
    ).toBeLessThan(10);
  });

  function vetAndCheck(card: Json, filled: Readonly<Record<string, string>>): void {
    vetCard(card, rules);
    checkCardAction(card, { data: filled }, rules);
    checkCardAction(card, { data: { ...filled, more: 1 } }, rules);
  }
});
