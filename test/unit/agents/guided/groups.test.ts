import { describe, expect, it } from 'vitest';
import { play, playAll, workflowFromJson } from './play.ts';
import type { Play } from './play.ts';

const expenses = workflowFromJson({
  id: 'expenses',
  version: 1,
  title: 'Expenses',
  steps: [
    {
      id: 'lines',
      title: 'Lines',
      collects: {
        type: 'object',
        properties: {
          trip: { type: 'string', description: 'the name of the trip', title: 'Trip' },
          lines: {
            type: 'array',
            title: 'Lines',
            minItems: 1,
            maxItems: 4,
            items: {
              type: 'object',
              properties: {
                item: { type: 'string', description: 'the thing that you paid for', title: 'Item' },
                day: { type: 'string', format: 'date', description: 'the day of the payment', title: 'Day' },
                price: {
                  type: 'number',
                  minimum: 0,
                  maximum: 500,
                  description: 'the price, in euros',
                  title: 'Price',
                },
                note: { type: 'string', maxLength: 100, title: 'Note' },
              },
              required: ['item', 'day', 'price'],
            },
          },
        },
        required: ['trip', 'lines'],
      },
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const taxi = { id: '3-1', item: 'Taxi', day: '2026-11-02', price: 20 };
const lunch = { id: '4-1', item: 'Lunch', day: '2026-11-03', price: 15 };
const twoLines = { trip: 'Rome', lines: [taxi, lunch] };

const atReview = (): Play => play(expenses, { collected: twoLines, turnCount: 9 });
/** Two lines are there, and the agent has asked for another one. */
async function atMore(): Promise<Play> {
  const conversation = play(expenses, { collected: { trip: 'Rome', lines: [taxi] }, turnCount: 9 });
  await playAll(conversation, 'add a line', 'Lunch', '3 November 2026', '15');
  return conversation;
}

describe('a repeating group', () => {
  it('is asked item by item and field by field, and then for another one', async () => {
    const conversation = play(expenses);
    await conversation.send({ type: 'open' });
    expect((await conversation.say('Rome')).text).toContain(
      '**Line 1.** What is the thing that you paid for?',
    );
    expect((await conversation.say('Taxi')).text).toContain('**Line 1.** What is the day of the payment?');
    expect((await conversation.say('2 November 2026')).text).toContain(
      '**Line 1.** What is the price, in euros?',
    );
    const more = await conversation.say('20');
    expect(more.text).toContain('1. Taxi, Monday 2 November 2026, 20');
    expect(more.text).toContain('Another line? (yes or no)');
    expect(more.offers).toEqual(['yes', 'no']);
    expect(more.suggestedInput).toMatchObject({ type: 'group', field: 'lines' });
    expect(more.progress.currentStep).toBe('lines');
    expect((await conversation.say('yes')).text).toContain('**Line 2.** What is the thing');
    await playAll(conversation, 'Lunch', '3 November 2026', '15 euros');
    const done = await conversation.say("no, that's all");
    expect(done.progress.currentStep).toBe('confirm');
    expect(done.text).toContain('Is everything right?');
    expect((await conversation.say('yes')).status).toBe('completed');
    expect(done.collected['lines']).toEqual([
      { id: '3-1', item: 'Taxi', day: '2026-11-02', price: 20 },
      { id: '6-1', item: 'Lunch', day: '2026-11-03', price: 15 },
    ]);
  });

  it.each(['no', 'nope', 'done', "that's all", 'no more', 'that was it', 'nothing else', 'finished'])(
    'ends at “%s”',
    async (text) => {
      const turn = await (await atMore()).say(text);
      expect(turn.progress.currentStep).toBe('confirm');
      expect(turn.delta.collected).toEqual({});
    },
  );

  it('takes several values of an item at once, and refuses one that does not fit by its name', async () => {
    const conversation = play(expenses, { collected: { trip: 'Rome' }, turnCount: 2 });
    await conversation.say('Taxi');
    const turn = await conversation.say('2 November 2026, price: 900');
    expect(turn.delta.rejected.map(({ field }) => field)).toEqual(['lines.3-1.price']);
    expect(turn.text).toContain('900 is too high');
    expect(turn.collected['lines']).toEqual([{ id: '3-1', item: 'Taxi', day: '2026-11-02' }]);
    expect(turn.text).toContain('**Line 1.** What is the price');
  });

  it('takes the next item at once, under its labels', async () => {
    const turn = await (await atMore()).say('yes, item: Bus, price: 3');
    expect(turn.collected['lines']).toMatchObject([taxi, { item: 'Lunch' }, { item: 'Bus', price: 3 }]);
    expect(turn.text).toContain('**Line 3.** What is the day');
  });

  it('asks for no more than it takes', async () => {
    const conversation = play(expenses, {
      collected: { trip: 'Rome', lines: [taxi, lunch, { ...taxi, id: '5-1' }] },
      turnCount: 9,
    });
    const turn = await playAll(conversation, 'add a line', 'Bus', '2 November 2026', '3');
    expect(turn.progress.currentStep).toBe('confirm');
    expect((await conversation.say('add another line')).text).toContain('There can be at most 4.');
  });

  it('tells what it has when asked, and goes back value by value', async () => {
    const conversation = await atMore();
    const back = await conversation.say('back');
    expect(back.collected['lines']).toMatchObject([taxi, { item: 'Lunch', day: '2026-11-03' }]);
    expect(back.text).toContain('**Line 2.** What is the price');
    await conversation.say('16');
    expect((await conversation.say('yes')).text).toContain('**Line 3.**');
    const undone = await conversation.say('back');
    expect(undone.collected['lines']).toHaveLength(2);
    expect(undone.text).toContain('Another line?');
    expect((await conversation.say('summary')).text).toContain('Another line?');
  });

  it('lets other fields be changed meanwhile, and its question stands', async () => {
    const turn = await (await atMore()).say('trip: Milan');
    expect(turn.delta.collected).toEqual({ trip: 'Milan' });
    expect(turn.text).toContain('Another line?');
    expect(turn.progress.currentStep).toBe('lines');
  });
});

describe('a change of items in words', () => {
  it.each([
    'remove the second line',
    'remove line 2',
    'delete the last line',
    'please remove line #2',
    'remove the 2nd line please',
  ])('removes one: %s', async (text) => {
    const turn = await atReview().say(text);
    expect(turn.collected['lines']).toEqual([taxi]);
    expect(turn.text).toContain('Removed line 2 (Lunch, Tuesday 3 November 2026, 15).');
    expect(turn.text).toContain('Is everything right?');
  });

  it.each(['remove the first two lines', 'remove lines 1 and 2', 'delete all lines', 'remove lines 1 to 2'])(
    'removes several: %s',
    async (text) => {
      const turn = await atReview().say(text);
      expect(turn.collected['lines']).toEqual([]);
      expect(turn.progress.currentStep).toBe('lines');
      expect(turn.text).toContain('**Line 1.**');
    },
  );

  it.each([
    'line 2: price 12.50',
    'line 2: price: 12.50',
    'the second line: the price is 12.50',
    'change the price of line 2 to 12.50',
    'the price of the last line is 12.50',
    'line 2 price is 12.50',
  ])('corrects one: %s', async (text) => {
    const turn = await atReview().say(text);
    expect(turn.collected['lines']).toEqual([taxi, { ...lunch, price: 12.5 }]);
    expect(turn.text).toContain('Changed **Price**: 15 → 12.5');
    expect(turn.text).toContain('Is everything right?');
  });

  it('adds what is optional, and asks for an item that is added', async () => {
    const conversation = atReview();
    expect((await conversation.say('line 1: note: at night')).collected['lines']).toEqual([
      { ...taxi, note: 'at night' },
      lunch,
    ]);
    expect((await conversation.say('add a line')).text).toContain('**Line 3.** What is the thing');
  });

  it.each([
    ['remove the fifth line', 'I understood “fifth line”, but there are only 2'],
    ['line 7: price 3', 'I understood “line 7”, but there are only 2'],
    ['line 2: price 12.50 or 13', '12.50 or 13'],
    ['line 2: cheaper please', "I can't read “cheaper please” as a part of the line"],
    ['lines 1 and 2: price 3', 'one at a time'],
  ])('is asked back where it is not understood whole: %s', async (text, why) => {
    const turn = await atReview().say(text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain(why);
  });

  it.each(['maybe', 'taxi or bus', 'remove it', 'not the second line', 'remove line 2 or 3', 'why?'])(
    'changes nothing while another item is asked: %s',
    async (text) => {
      const turn = await (await atMore()).say(text);
      expect(turn.delta.collected).toEqual({});
      expect(turn.text).toContain('Another line?');
    },
  );
});

describe('a group that may be empty', () => {
  const optional = workflowFromJson({
    id: 'guests',
    version: 1,
    title: 'Guests',
    steps: [
      {
        id: 'only',
        title: 'Only',
        collects: {
          type: 'object',
          properties: {
            guests: {
              type: 'array',
              items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
            },
          },
          required: ['guests'],
        },
      },
      { id: 'confirm', title: 'Confirm' },
    ],
  });

  it.each(['none', 'no guests', 'there are none'])('is empty at “%s”', async (text) => {
    const conversation = play(optional);
    expect((await conversation.send({ type: 'open' })).text).toContain(
      'If there is no guest at all, say *none*.',
    );
    const turn = await conversation.say(text);
    expect(turn.collected).toEqual({ guests: [] });
    expect(turn.progress.currentStep).toBe('confirm');
  });
});
