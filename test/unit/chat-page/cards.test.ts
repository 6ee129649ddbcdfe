import { describe, expect, test } from 'vitest';
import type { Message } from '@turnkeeper/client';
import { enteredValues, withEntered } from '../../../apps/chat/src/cards/card-json.ts';
import { asksByCard, cardStates } from '../../../apps/chat/src/cards/card-states.ts';

const card = {
  type: 'AdaptiveCard',
  body: [
    { type: 'Input.Text', id: 'name', label: 'Name' },
    { type: 'Container', items: [{ type: 'Input.Number', id: 'amount', label: 'Amount' }] },
    { type: 'Input.Toggle', id: 'agree', title: 'I agree', valueOn: 'on' },
    {
      type: 'Input.ChoiceSet',
      id: 'colors',
      isMultiSelect: true,
      choices: [
        { title: 'Red', value: 'r' },
        { title: 'Green', value: 'g' },
      ],
    },
  ],
  actions: [{ type: 'Action.Submit', title: 'Send', data: { type: 'Input.Text', id: 'secret' } }],
};
const sent = { name: 'Acme', amount: '12', agree: 'on', colors: 'r,g', secret: 'of the agent' };

describe('what was entered on a card', () => {
  test('is shown under the labels of its inputs, choices by their titles, without the action’s own data', () => {
    expect(enteredValues(card, sent)).toEqual([
      { label: 'Name', value: 'Acme' },
      { label: 'Amount', value: '12' },
      { label: 'I agree', value: 'Yes' },
      { label: 'colors', value: 'Red, Green' },
    ]);
  });

  test('stands in the card that was sent, numbers as numbers', () => {
    const filled = withEntered(card, sent);
    expect(filled).toMatchObject({
      body: [
        { id: 'name', value: 'Acme' },
        { items: [{ id: 'amount', value: 12 }] },
        { id: 'agree', value: 'on' },
        { id: 'colors', value: 'r,g' },
      ],
    });
  });

  test('of a name that every object has is not taken from there', () => {
    const hostile = { body: [{ type: 'Input.Text', id: 'constructor' }] };
    expect(enteredValues(hostile, {})).toEqual([]);
    expect(withEntered(hostile, {})).toEqual(hostile);
  });
});

describe('what can be done with a card', () => {
  const shown = (turn: number): Message => ({
    id: `${turn}.1`,
    role: 'assistant',
    turn,
    kind: 'card',
    cardId: `card-${turn}`,
    card,
  });
  const submitted = (turn: number, cardId: string): Message => ({
    id: `${turn}.0`,
    role: 'user',
    turn,
    kind: 'event',
    cardId,
    card: sent,
  });
  const words = (turn: number): Message => ({
    id: `${turn}.1`,
    role: 'assistant',
    turn,
    kind: 'text',
    text: 'Thanks.',
  });

  test('it is open until it was sent, and then holds what was sent', () => {
    const states = cardStates([shown(1), shown(2), submitted(3, 'card-1'), words(3)], true);
    expect(states.get('card-1')).toEqual({ kind: 'sent', data: sent });
    expect(states.get('card-2')).toEqual({ kind: 'open' });
  });

  test('it is closed once the conversation has finished', () => {
    expect(cardStates([shown(1)], false).get('card-1')).toEqual({ kind: 'closed' });
  });

  test('only the newest twenty are open, as the server takes them', () => {
    const states = cardStates(
      Array.from({ length: 21 }, (_, index) => shown(index + 1)),
      true,
    );
    expect(states.get('card-1')).toEqual({ kind: 'closed' });
    expect(states.get('card-2')).toEqual({ kind: 'open' });
  });

  test('one that is open asks for as long as nothing was said after it', () => {
    const asking = [words(1), shown(2)];
    expect(asksByCard(asking, cardStates(asking, true))).toBe(true);
    const passed = [shown(1), words(2)];
    expect(asksByCard(passed, cardStates(passed, true))).toBe(false);
  });
});
