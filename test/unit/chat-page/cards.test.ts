import { describe, expect, test } from 'vitest';
import type { Message } from '@turnkeeper/client';
import { submittedValues, withSubmittedValues } from '../../../apps/chat/src/cards/card-json.ts';
import { asksByCard, cardStates } from '../../../apps/chat/src/cards/card-actions.ts';

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

describe('the submitted values of a card', () => {
  test('are shown with the labels of their inputs, choices by their titles, without the action’s own data', () => {
    expect(submittedValues(card, sent)).toEqual([
      { label: 'Name', value: 'Acme' },
      { label: 'Amount', value: '12' },
      { label: 'I agree', value: 'Yes' },
      { label: 'colors', value: 'Red, Green' },
    ]);
  });

  test('are shown in the sent card, numbers as numbers', () => {
    const filled = withSubmittedValues(card, sent);
    expect(filled).toMatchObject({
      body: [
        { id: 'name', value: 'Acme' },
        { items: [{ id: 'amount', value: 12 }] },
        { id: 'agree', value: 'on' },
        { id: 'colors', value: 'r,g' },
      ],
    });
  });

  test('are never inherited properties of an object', () => {
    const hostile = { body: [{ type: 'Input.Text', id: 'constructor' }] };
    expect(submittedValues(hostile, {})).toEqual([]);
    expect(withSubmittedValues(hostile, {})).toEqual(hostile);
  });
});

describe('the state of a card', () => {
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

  test('is open until the card is submitted, and then holds the submitted data', () => {
    const states = cardStates([shown(1), shown(2), submitted(3, 'card-1'), words(3)], true);
    expect(states.get('card-1')).toEqual({ kind: 'sent', data: sent });
    expect(states.get('card-2')).toEqual({ kind: 'open' });
  });

  test('is closed once the conversation has finished', () => {
    expect(cardStates([shown(1)], false).get('card-1')).toEqual({ kind: 'closed' });
  });

  test('is open for the newest twenty cards only, the server’s limit', () => {
    const states = cardStates(
      Array.from({ length: 21 }, (_, index) => shown(index + 1)),
      true,
    );
    expect(states.get('card-1')).toEqual({ kind: 'closed' });
    expect(states.get('card-2')).toEqual({ kind: 'open' });
  });

  test('makes an open card of the last turn the current question', () => {
    const asking = [words(1), shown(2)];
    expect(asksByCard(asking, cardStates(asking, true))).toBe(true);
    const passed = [shown(1), words(2)];
    expect(asksByCard(passed, cardStates(passed, true))).toBe(false);
  });
});
