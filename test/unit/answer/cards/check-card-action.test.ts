import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../workflows/definition/json.ts';
import { checkCardAction } from '../../../../server/answer/cards/check-card-action.ts';
import type { Submission } from '../../../../server/answer/cards/check-card-action.ts';
import type { CardRules } from '../../../../server/domain/card-rules.ts';
import { approval, cardOf, tripForm, usualRules } from './sample-cards.ts';

type Data = Submission['data'];

function actionOf(card: Json, data: Data, action?: string): unknown {
  const checked = checkCardAction(card, { data, action }, usualRules);
  return checked.ok ? checked.action : checked.issues;
}

function issuesOf(card: Json, data: Data, rest: { action?: string; rules?: CardRules } = {}): string[] {
  const { action, rules = usualRules } = rest;
  const checked = checkCardAction(card, { data, action }, rules);
  return checked.ok ? [] : checked.issues.map(({ path, message }) => `${path}: ${message}`);
}

const sent = { form: 'trip', version: 2, city: 'Lisbon' };
const send = { type: 'Action.Submit', name: 'send' };

describe('data that a card can submit', () => {
  it('is accepted as it was sent: the data of an action and the values of inputs', () => {
    const data = {
      ...sent,
      nights: '3',
      from: '2026-05-01',
      at: '09:30',
      isAbroad: 'yes',
      by: 'train',
      needs: 'hotel,food,drinks,car',
    };
    expect(checkCardAction(tripForm, { data }, usualRules)).toEqual({ ok: true, action: send, data });
  });

  it('may leave out optional inputs, or send them empty', () => {
    expect(actionOf(tripForm, sent)).toEqual(send);
    const empty = { nights: '', from: '', at: '', isAbroad: '', by: '', needs: '' };
    expect(actionOf(tripForm, { ...sent, ...empty })).toEqual(send);
  });

  it('may be empty, for a card that asks for nothing', () => {
    expect(actionOf(cardOf([]), {})).toEqual({ type: 'Action.Submit', name: null });
    expect(actionOf(cardOf([], [{ type: 'Action.Execute', verb: 'go', data: null }]), {})).toEqual({
      type: 'Action.Execute',
      name: 'go',
    });
  });

  it('may hold an input in place of data of the same name, as renderers merge them', () => {
    const card = cardOf(
      [{ type: 'Input.Text', id: 'kind' }],
      [{ type: 'Action.Submit', data: { kind: 'a' } }],
    );
    expect(issuesOf(card, { kind: 'typed' })).toEqual([]);
    expect(issuesOf(card, { kind: 'a' })).toEqual([]);
    expect(issuesOf(card, {})).toEqual(["data.kind: is missing: it is data of the card's action"]);
  });

  it('may hold data of any shape, and only unchanged', () => {
    const held = { nested: { list: [1, { a: null }], on: true } };
    const card = cardOf([], [{ type: 'Action.Submit', data: held }]);
    expect(issuesOf(card, { nested: { on: true, list: [1, { a: null }] } })).toEqual([]);
    for (const nested of [{ list: [1, { a: null }] }, { list: [1, { a: 0 }], on: true }, [], null, 'text']) {
      expect(issuesOf(card, { nested })).toEqual([
        "data.nested: must be sent unchanged: it is data of the card's action",
      ]);
    }
  });
});

describe('data that a card cannot submit', () => {
  it('is refused by name: keys that it neither asks for nor contains', () => {
    expect(issuesOf(tripForm, { ...sent, isAdmin: true, toString: 'x' })).toEqual([
      'data.isAdmin: is neither an input of the card nor data of its action: leave it out',
      'data.toString: is neither an input of the card nor data of its action: leave it out',
    ]);
  });

  it('is refused where data of the action is missing or changed', () => {
    expect(issuesOf(tripForm, { city: 'Lisbon', version: 3 })).toEqual([
      "data.version: must be sent unchanged: it is data of the card's action",
      "data.form: is missing: it is data of the card's action",
    ]);
  });

  it('is any data, if the card has no action that submits', () => {
    const message = 'data: this card has nothing on it that may be submitted';
    expect(issuesOf(cardOf([{ type: 'Input.Text', id: 'a' }], []), { a: '1' })).toEqual([message]);
    expect(issuesOf('text', {})).toEqual([message]);
    expect(issuesOf(null, {})).toEqual([message]);
  });

  it('includes lookalikes of actions and inputs in the data of an action', () => {
    const data = { x: { type: 'Action.Submit', id: 'hidden' }, y: { type: 'Input.Text', id: 'z' } };
    const card = cardOf([], [{ type: 'Action.Submit', data }]);
    expect(issuesOf(card, {}, { action: 'hidden' })).toEqual([
      'action: must be the name of an action of this card',
    ]);
    expect(issuesOf(card, { ...data, z: '1' })).toHaveLength(1);
  });

  it('is refused with twenty faults at most, and shortened names', () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${'k'.repeat(500)}${index}`, 1]),
    );
    const issues = issuesOf(tripForm, many);
    expect(issues).toHaveLength(20);
    expect(Math.max(...issues.map(({ length }) => length))).toBeLessThan(200);
  });
});

describe('the action of a submission', () => {
  it('is the one whose data was sent', () => {
    expect(actionOf(tripForm, { form: 'none' })).toEqual({ type: 'Action.Submit', name: 'cancel' });
    expect(actionOf(approval, { request: 'r-1', ask: true, question: 'Why?' })).toEqual({
      type: 'Action.Submit',
      name: 'ask',
    });
  });

  it('is the one with most of its own data, where an input could hold the same', () => {
    const card = cardOf(
      [{ type: 'Input.Text', id: 'kind' }],
      [
        { type: 'Action.Submit', id: 'plain' },
        { type: 'Action.Submit', id: 'special', data: { kind: 'special' } },
      ],
    );
    expect(actionOf(card, { kind: 'special' })).toMatchObject({ name: 'special' });
    expect(actionOf(card, { kind: 'other' })).toMatchObject({ name: null });
    expect(actionOf(card, {})).toMatchObject({ name: 'plain' });
  });

  it('must be named where several verbs submit the same data, and the right one is then taken', () => {
    const data = { request: 'r-1', note: 'Enjoy' };
    expect(issuesOf(approval, data)).toEqual([
      'action: several actions of this card submit this data: name the one that was taken',
    ]);
    for (const name of ['approve', 'reject']) {
      expect(actionOf(approval, data, name)).toEqual({ type: 'Action.Execute', name });
    }
  });

  it('stays open among buttons that an agent could not tell apart either', () => {
    const actions: Json[] = [
      { type: 'Action.Submit', id: 'a' },
      { type: 'Action.Submit', id: 'b' },
    ];
    expect(actionOf(cardOf([], actions), {})).toEqual({ type: 'Action.Submit', name: null });
    expect(actionOf(cardOf([], actions), {}, 'b')).toEqual({ type: 'Action.Submit', name: 'b' });
  });

  it('is the one without a name, where none was named and another has one', () => {
    const actions: Json[] = [{ type: 'Action.Execute', verb: 'delete' }, { type: 'Action.Submit' }];
    expect(actionOf(cardOf([], actions), {})).toEqual({ type: 'Action.Submit', name: null });
    expect(actionOf(cardOf([], actions), {}, 'delete')).toMatchObject({ name: 'delete' });
  });

  it('goes by the verb of an `Action.Execute`, and by no verb of another', () => {
    const actions: Json[] = [
      { type: 'Action.Submit', id: 'a', verb: 'x' },
      { type: 'Action.Execute', id: 'b', verb: 'y', data: { b: 1 } },
    ];
    expect(actionOf(cardOf([], actions), {})).toEqual({ type: 'Action.Submit', name: 'a' });
    expect(actionOf(cardOf([], actions), { b: 1 })).toEqual({ type: 'Action.Execute', name: 'y' });
  });

  it('is none with another name, and none that the workflow does not allow', () => {
    const data = { request: 'r-1' };
    expect(issuesOf(approval, data, { action: 'delete' })).toEqual([
      'action: must be the name of an action of this card',
    ]);
    const rules: CardRules = { allowedActions: ['approve'], allowedHosts: [] };
    expect(issuesOf(approval, data, { rules })).toEqual([]);
    expect(issuesOf(approval, data, { rules, action: 'reject' })).toHaveLength(1);
    expect(issuesOf(approval, data, { rules: { ...rules, allowedActions: [] } })).toHaveLength(1);
  });

  it('is none that sends a text: that is a message, not a submission', () => {
    const actions: Json[] = [{ type: 'Action.Submit', id: 'yes', data: 'Yes, please' }];
    expect(issuesOf(cardOf([], actions), {})).toEqual([
      'data: this action of the card says a text instead of submitting data: send the text',
    ]);
    expect(actionOf(cardOf([], [...actions, { type: 'Action.Submit', id: 'no' }]), {})).toMatchObject({
      name: 'no',
    });
  });
});

describe('the inputs of an action', () => {
  it('are those of its card and of the cards around it, not of a card that opens within', () => {
    const ask = { request: 'r-1', ask: true };
    expect(issuesOf(approval, { ...ask, question: 'Why?', note: 'Hm' })).toEqual([]);
    expect(issuesOf(approval, ask)).toEqual(['data.question: is required']);
    expect(issuesOf(approval, { request: 'r-1', question: 'Why?' }, { action: 'approve' })).toEqual([
      'data.question: is neither an input of the card nor data of its action: leave it out',
    ]);
  });

  it('are none where it gathers none', () => {
    expect(issuesOf(tripForm, { form: 'none', city: 'Lisbon' }, { action: 'cancel' })).toEqual([
      'data.city: is neither an input of the card nor data of its action: leave it out',
    ]);
  });

  it('include those of a fallback, in which case the replaced ones may be missing', () => {
    const card = cardOf([
      {
        type: 'Input.Fancy',
        id: 'a',
        isRequired: true,
        fallback: { type: 'Input.Text', id: 'b', isRequired: true, maxLength: 3 },
      },
    ]);
    expect(issuesOf(card, {})).toEqual([]);
    expect(issuesOf(card, { b: 'yes' })).toEqual([]);
    expect(issuesOf(card, { a: 'anything' })).toEqual([]);
    expect(issuesOf(card, { b: 'long' })).toHaveLength(1);
  });

  it('may share an id with one of a card around it', () => {
    const inner = cardOf([{ type: 'Input.Number', id: 'a' }], [{ type: 'Action.Submit', id: 'inner' }]);
    const card = cardOf([{ type: 'Input.Toggle', id: 'a' }], [{ type: 'Action.ShowCard', card: inner }]);
    expect(issuesOf(card, { a: '5' })).toEqual([]);
    expect(issuesOf(card, { a: 'true' })).toEqual([]);
    expect(issuesOf(card, { a: 'maybe' })).toHaveLength(1);
  });

  it('may share an id: a value has to fit one of them', () => {
    const card = cardOf([
      { type: 'Input.Number', id: 'a', fallback: 'drop' },
      { type: 'Input.Toggle', id: 'a' },
    ]);
    expect(issuesOf(card, { a: '5' })).toEqual([]);
    expect(issuesOf(card, { a: 'true' })).toEqual([]);
    expect(issuesOf(card, { a: 'maybe' })).toEqual(['data.a: must be a number']);
  });
});

describe('the value of an input', () => {
  const number = { type: 'Input.Number', min: -1.5, max: 10 };
  const date = { type: 'Input.Date', min: '2026-01-01', max: '2026-12-31' };
  const time = { type: 'Input.Time', min: '06:00', max: '22:00' };
  const choices: Json = ['a', 'b', 'c,d', 'c'].map((value) => ({ title: value.toUpperCase(), value }));
  const one = { type: 'Input.ChoiceSet', choices };
  const some = { ...one, isMultiSelect: true };

  it.each<[Record<string, Json>, Json]>([
    [{ type: 'Input.Text' }, 'anything\nat all'],
    [{ type: 'Input.Text', maxLength: 3 }, 'abc'],
    [{ type: 'Input.Text', maxLength: 0 }, 'abc'],
    [{ type: 'Input.Text', maxLength: 3, value: 'put in by the card' }, 'put in by the card'],
    [{ type: 'Input.Text', regex: '^a+$' }, 'aaa'],
    [{ type: 'Input.Text', regex: 'a' }, 'bab'],
    [{ type: 'Input.Text', regex: '(' }, 'no expression'],
    [number, 10],
    [number, '-1.5'],
    [number, '1e1'],
    [number, '.5'],
    [{ type: 'Input.Number', min: 'a', max: null }, '99999'],
    [date, '2026-01-01'],
    [date, '2026-12-31'],
    [{ ...date, min: '2026-01-01T00:00:00Z', max: 'soon' }, '2026-01-01'],
    [time, '06:00'],
    [time, '22:00'],
    [time, '09:30:15'],
    [{ ...time, min: 'early' }, '00:00'],
    [{ type: 'Input.Toggle' }, 'true'],
    [{ type: 'Input.Toggle' }, 'false'],
    [{ type: 'Input.Toggle' }, true],
    [{ type: 'Input.Toggle', valueOn: 'on', isRequired: true }, 'on'],
    [{ type: 'Input.Toggle', valueOff: 0 }, '0'],
    [{ type: 'Input.Toggle', valueOn: '', isRequired: true }, ''],
    [one, 'c,d'],
    [some, 'a'],
    [some, 'b,c,d,a'],
    [some, 'c,d,c'],
    [
      { type: 'Input.ChoiceSet', choices: [], 'choices.data': { type: 'Data.Query', dataset: 'people' } },
      'u-1',
    ],
    [{ type: 'Input.Rating' }, 5],
    [{ type: 'Input.Rating', max: 10 }, '7.5'],
    [{ type: 'Input.New' }, 'anything'],
  ])('fits: %j takes %j', (input, value) => {
    expect(issuesOf(cardOf([{ ...input, id: 'x' }]), { x: value })).toEqual([]);
  });

  it.each<[Record<string, Json>, Json, string]>([
    [{ type: 'Input.Text' }, 5, 'must be a text'],
    [{ type: 'Input.Text' }, null, 'must be a text'],
    [{ type: 'Input.Text' }, ['a'], 'must be a text'],
    [{ type: 'Input.Text', isRequired: true }, '', 'is required'],
    [{ type: 'Input.Text', isRequired: 'true' }, '', 'is required'],
    [{ type: 'Input.Text', maxLength: 3 }, 'abcd', 'must be at most 3 characters'],
    [{ type: 'Input.Text', regex: '^a+$' }, 'aab', 'must have the form that the card asks for'],
    [number, 'ten', 'must be a number'],
    [number, ' 1', 'must be a number'],
    [number, '0x10', 'must be a number'],
    [number, '1e999', 'must be a number'],
    [number, '9'.repeat(100_000), 'must be a number'],
    [number, true, 'must be a number'],
    [number, 10.5, 'must be at most 10'],
    [number, '-2', 'must be at least -1.5'],
    [date, '2026-02-30', 'must be a date, as in 2026-01-31'],
    [date, '1 May 2026', 'must be a date, as in 2026-01-31'],
    [date, 20260501, 'must be a date, as in 2026-01-31'],
    [date, '2025-12-31', 'must not be before the first date that the card allows'],
    [date, '2027-01-01', 'must not be after the last date that the card allows'],
    [time, '25:00', 'must be a time, as in 09:30'],
    [time, '9:30', 'must be a time, as in 09:30'],
    [time, '05:59', 'must not be before 06:00'],
    [time, '22:00:01', 'must not be after 22:00'],
    [{ type: 'Input.Toggle' }, 'yes', "must be one of the switch's two values"],
    [{ type: 'Input.Toggle', valueOn: 'on' }, 'true', "must be one of the switch's two values"],
    [{ type: 'Input.Toggle', isRequired: true }, 'false', 'must be switched on'],
    [{ type: 'Input.Toggle', isRequired: true }, '', 'is required'],
    [one, 'd', "must be one of the card's choices"],
    [one, 'a,b', "must be one of the card's choices"],
    [one, 'constructor', "must be one of the card's choices"],
    [{ type: 'Input.ChoiceSet' }, 'a', "must be one of the card's choices"],
    [some, 'a,', "must be some of the card's choices, separated by commas"],
    [some, 'a;b', "must be some of the card's choices, separated by commas"],
    [some, 'a,d', "must be some of the card's choices, separated by commas"],
    [one, 'x'.repeat(9_000), 'must be a text of at most 8000 characters'],
    [{ type: 'Input.Rating' }, 6, 'must be at most 5'],
    [{ type: 'Input.New' }, { a: 1 }, 'must be a text of at most 8000 characters'],
  ])('does not fit: %j refuses %j', (input, value, message) => {
    expect(issuesOf(cardOf([{ ...input, id: 'x' }]), { x: value })).toEqual([`data.x: ${message}`]);
  });
});

describe('a refusal', () => {
  it('repeats nothing of what was entered', () => {
    const secret = 'hunter2';
    const issues = issuesOf(tripForm, {
      form: secret,
      version: 2,
      city: secret,
      nights: secret,
      from: secret,
      at: secret,
      isAbroad: secret,
      by: secret,
      needs: secret,
      more: secret,
    });
    expect(issues).toHaveLength(9);
    expect(issues.join()).not.toContain(secret);
  });
});

describe('an expression that might take long, on a card that an older server stored', () => {
  it('is not tried: a value that it would refuse passes', () => {
    const card = cardOf([{ type: 'Input.Text', id: 'x', regex: '^(a+)+$' }]);
    expect(checkCardAction(card, { data: { x: `${'a'.repeat(50)}!` } }, usualRules)).toMatchObject({
      ok: true,
    });
  });
});
