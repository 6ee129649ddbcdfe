import { describe, expect, it } from 'vitest';
import { expense, play, playAll } from './play.ts';
import type { Play } from './play.ts';

const toLines = ['Trade fair in Milan', 'market', 'market research', 'the first two and suppliers'];
const taxi = ['Taxi to the airport', '2 November 2026', '42.50', 'travel'];

async function withTaxi(): Promise<Play> {
  const conversation = play(expense);
  await playAll(conversation, 'hello', ...toLines, ...taxi);
  return conversation;
}

describe('a looked-up field', () => {
  it('offers the first matches, takes a part of a name that is one, and asks back among several', async () => {
    const conversation = play(expense);
    const asked = await playAll(conversation, 'hello', 'Trade fair in Milan');
    expect(asked.text).toContain('What is the cost centre that pays? (a part of the name is enough)');
    expect(asked.text).toContain('- Board and legal\n- Marketing');
    const several = await conversation.say('market');
    expect(several.delta.collected).toEqual({});
    expect(several.text).toContain('Did you mean Marketing or Market research?');
    expect(several.offers).toEqual(['2110', '2120']);
    // A number might stand for another choice in another list.
    expect((await conversation.say('2')).delta.collected).toEqual({});
    expect((await conversation.say('the marketing and sales ones')).delta.collected).toEqual({});
    expect((await conversation.say('nothing of the sort')).delta.collected).toEqual({});
    const found = await conversation.say('IT operations');
    expect(found.delta.collected).toEqual({ costCentre: '4200' });
    expect(found.text).toContain('What are the people who took part?');
  });

  it.each([
    ['3100', '3100'],
    ['sales europe', '2200'],
    ['customer support please', '3200'],
  ])('takes “%s”', async (text, value) => {
    const turn = await playAll(play(expense), 'hello', 'Trade fair in Milan', text);
    expect(turn.delta.collected).toEqual({ costCentre: value });
  });

  it('can be changed later by its label', async () => {
    const turn = await (await withTaxi()).say('cost centre: facilities');
    expect(turn.delta.collected).toEqual({ costCentre: '4100' });
  });
});

describe('the expense report', () => {
  it('is talked through: lines, a total that must be right, an approver above a sum', async () => {
    const conversation = await withTaxi();
    await conversation.say('yes, item: Hotel, date: 3 November 2026, amount: 480');
    await playAll(conversation, 'hotel', "that's all");
    const wrong = await conversation.say('500');
    expect(wrong.text).toContain('The lines add up to 522.50, and the total says 500.00');
    const receipts = await playAll(conversation, '522.50', 'no');
    expect(receipts.text).toContain('What is the reason for each missing receipt?');
    expect((await conversation.say('The taxi gave none')).text).toContain(
      'Because the sum is above 500 euros.',
    );
    const review = await conversation.say('Ada Lovelace');
    expect(review.text).toContain('Hotel, Tuesday 3 November 2026, 480, Hotel and lodging');
    expect((await conversation.say('yes')).status).toBe('completed');
  });

  it('takes no correction that makes the total wrong, claims none, and says what to do', async () => {
    const conversation = await withTaxi();
    await playAll(conversation, 'no', '42.50', 'yes');
    const turn = await conversation.say('line 1: amount 40');
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).not.toContain('Changed');
    expect(turn.text).toContain('**Expenses** stays as it was: The lines add up to 40.00');
    await conversation.say('clear the total');
    expect((await conversation.say('line 1: amount 40')).collected['lines']).toMatchObject([{ amount: 40 }]);
    const done = await conversation.say('40');
    expect(done.progress.currentStep).toBe('confirm');
  });
});
