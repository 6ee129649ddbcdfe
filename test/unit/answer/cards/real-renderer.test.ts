import { createRequire } from 'node:module';
import type * as AdaptiveCards from 'adaptivecards';
import fc from 'fast-check';
import { Window } from 'happy-dom';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../../workflows/definition/json.ts';
import { checkCardAction } from '../../../../server/answer/cards/check-card-action.ts';
import { vetCard } from '../../../../server/answer/cards/vet-card.ts';
import { usualRules } from './sample-cards.ts';

// The renderer expects a browser's globals. Other test files share the worker, so they get Node's own back.
const window = new Window();
const isBrowsers = (name: string): boolean => /^(document|HTML\w+|\w*Event|Element|Node)$/.test(name);
const browsers = ['window', ...Object.getOwnPropertyNames(window).filter(isBrowsers)];
const nodes = new Map(browsers.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
for (const name of browsers) {
  const value: unknown = name === 'window' ? window : Reflect.get(window, name);
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
afterAll(() => {
  for (const [name, descriptor] of nodes) {
    if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, descriptor);
  }
});

// Styles decide nothing about what is submitted, and keeping them takes longer than all the rest.
const styles = new WeakMap<object, object>();
Object.defineProperty(window.HTMLElement.prototype, 'style', {
  get(this: object) {
    const style = styles.get(this) ?? { removeProperty: () => '' };
    styles.set(this, style);
    return style;
  },
});

// The package's ES modules leave out the file extensions that Node needs.
const renderer = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof AdaptiveCards;

const jsonObject = z.record(z.string(), z.json());

interface Submitted {
  readonly data: Record<string, Json>;
  /** The action's name, as the renderer passes it with the data. */
  readonly action: string | undefined;
}

/** Renders a card, fills in its inputs as a person would, and takes every action that is then enabled. */
function submissionsOf(card: Json, choose: (below: number) => number): Submitted[] {
  const rendered = new renderer.AdaptiveCard();
  rendered.parse(structuredClone(card));
  const submitted: Submitted[] = [];
  rendered.onExecuteAction = (action) => {
    if (action instanceof renderer.ExecuteAction || action instanceof renderer.SubmitAction) {
      const verb = action instanceof renderer.ExecuteAction ? action.verb : undefined;
      const name = [verb, action.id].find((text) => text !== undefined && text !== '');
      submitted.push({ data: jsonObject.parse(action.data ?? {}), action: name });
    }
  };
  rendered.render();
  const actions = rendered.getAllActions();
  for (const action of actions) if (action instanceof renderer.ShowCardAction) action.execute();
  for (const input of rendered.getAllInputs()) {
    if (choose(3) > 0) fill(input, choose);
  }
  for (const action of actions) action.execute();
  return submitted;
}

const typed: Readonly<Record<string, readonly string[]>> = {
  'Input.Text': ['', 'a', 'aaa', 'Oslo', '123'],
  'Input.Number': ['', '0', '7', '-2', '1.5'],
  'Input.Date': ['', '2026-03-03', '2028-01-01'],
  'Input.Time': ['', '07:00', '21:30'],
};

function fill(input: AdaptiveCards.Input, choose: (below: number) => number): void {
  const rendered: unknown = input.renderedElement;
  if (!(rendered instanceof window.HTMLElement)) return;
  for (const control of rendered.querySelectorAll('input, select, textarea')) {
    if (control instanceof window.HTMLSelectElement) control.selectedIndex = choose(control.options.length);
    else if (control instanceof window.HTMLInputElement && ['checkbox', 'radio'].includes(control.type)) {
      control.checked = choose(2) === 0;
    } else if (control instanceof window.HTMLInputElement || control instanceof window.HTMLTextAreaElement) {
      const texts = typed[input.getJsonTypeName()] ?? [''];
      const text = texts[choose(texts.length)] ?? '';
      control.value = control.maxLength > 0 ? text.slice(0, control.maxLength) : text;
    }
  }
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const common = { id: fc.constantFrom('a', 'b', 'c', 'kind'), isRequired: fc.boolean() };
const choices = fc
  .uniqueArray(fc.constantFrom('x', 'y', 'x,y', 'z'), { minLength: 1 })
  .map((values) => values.map((value) => ({ title: `The ${value}`, value })));

const input = fc.oneof(
  fc.record({
    ...common,
    type: fc.constant('Input.Text'),
    isMultiline: fc.boolean(),
    maxLength: optional(fc.nat(5)),
    regex: optional(fc.constantFrom('^a+$', 'x', '^\\d{3}$', '^[ab]+$')),
    value: optional(fc.constantFrom('aaa', '123', 'much too long')),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.Number'),
    min: optional(fc.integer({ min: -5, max: 5 })),
    max: optional(fc.nat(20)),
    value: optional(fc.constantFrom(3, 4.5, 1e21)),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.Date'),
    min: optional(fc.constantFrom('2026-01-01', 'soon')),
    max: optional(fc.constantFrom('2026-06-01', '2026-12-31T00:00:00Z')),
    value: optional(fc.constantFrom('2026-05-05', '2027-01-01', 'x')),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.Time'),
    min: optional(fc.constantFrom('06:00', '6')),
    max: optional(fc.constant('20:00')),
    value: optional(fc.constantFrom('09:30', '23:00')),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.Toggle'),
    title: fc.constant('Really'),
    valueOn: optional(fc.constantFrom('on', '', 1, true)),
    valueOff: optional(fc.constantFrom('off', '', 0)),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.ChoiceSet'),
    choices,
    isMultiSelect: fc.boolean(),
    style: optional(fc.constantFrom('compact', 'expanded')),
    value: optional(fc.constantFrom('x', 'x,y', 'z,x,y', 'q')),
  }),
  fc.record({
    ...common,
    type: fc.constant('Input.Unheard'),
    fallback: fc.constantFrom<Json>('drop', { type: 'Input.Text', id: 'b', isRequired: true }),
  }),
);
const submit = fc.record({
  type: fc.constantFrom('Action.Submit', 'Action.Execute'),
  title: fc.constant('Go'),
  id: optional(fc.constantFrom('s', 't')),
  verb: optional(fc.constantFrom('v', 'w')),
  data: optional(fc.constantFrom<Json>({ kind: 'k' }, { a: 1, n: { m: [1] } }, {})),
  associatedInputs: optional(fc.constantFrom('none', 'auto', 'None')),
});
const { card: anyCard } = fc.letrec((tie) => ({
  element: fc.oneof(
    { depthIdentifier: 'card', maxDepth: 3 },
    input,
    fc.record({
      type: fc.constant('Container'),
      items: fc.array(tie('element'), { maxLength: 3 }),
      selectAction: optional(submit),
    }),
    fc.array(tie('element'), { maxLength: 2 }).map((items) => ({
      type: 'ColumnSet',
      columns: [{ type: 'Column', items }],
    })),
    fc.array(tie('element'), { maxLength: 2 }).map((items) => ({
      type: 'Table',
      columns: [{ width: 1 }],
      rows: [{ type: 'TableRow', cells: [{ type: 'TableCell', items }] }],
    })),
    fc.record({ type: fc.constant('ActionSet'), actions: fc.array(tie('action'), { maxLength: 2 }) }),
  ),
  action: fc.oneof(
    { depthIdentifier: 'card', maxDepth: 3 },
    submit,
    fc.record({ type: fc.constant('Action.ShowCard'), title: fc.constant('More'), card: tie('card') }),
  ),
  card: fc.record({
    type: fc.constant('AdaptiveCard'),
    version: fc.constant('1.5'),
    body: fc.array(tie('element'), { maxLength: 4, depthIdentifier: 'card' }),
    actions: fc.array(tie('action'), { minLength: 1, maxLength: 3, depthIdentifier: 'card' }),
  }),
}));

/** Removes the undefined keys. */
const asJson = (value: unknown): Json => z.json().parse(JSON.parse(JSON.stringify(value)));

describe("a submission of Microsoft's renderer", () => {
  it('is accepted from any card, whatever was entered, under the name of its action', () => {
    fc.assert(
      fc.property(anyCard.map(asJson), fc.infiniteStream(fc.nat()), (card, numbers) => {
        const choose = (below: number): number => Number(numbers.next().value) % below;
        const shown = vetCard(card, usualRules);
        expect(shown).toEqual({ card, issues: [] });
        for (const submitted of submissionsOf(shown.card, choose)) {
          expect(checkCardAction(shown.card, submitted, usualRules)).toMatchObject({ ok: true });
          const { data } = submitted;
          const unnamed = checkCardAction(shown.card, { data }, usualRules);
          // The only issue left is that several verbs submit it.
          if (!unnamed.ok) expect(unnamed.issues.map(({ path }) => path)).toEqual(['action']);
        }
      }),
      { numRuns: 100 },
    );
  });
});
