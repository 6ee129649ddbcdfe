import { describe, expect, it } from 'vitest';
import { defineWorkflow, z } from '../../../../workflows/definition/index.ts';
import { prepareWorkflow } from '../../../../server/domain/workflow.ts';
import { play, playAll } from './play.ts';

const notBefore = 'The last day can’t be before the first one.';

const trip = prepareWorkflow(
  defineWorkflow({
    id: 'trip',
    version: 1,
    title: 'Trip',
    steps: [
      {
        id: 'dates',
        title: 'Dates',
        collects: z.object({
          region: z
            .enum(['emea', 'apac', 'amer'])
            .describe('the region that you travel to')
            .meta({
              titles: { emea: 'Europe, Middle East and Africa', apac: 'Asia and Pacific', amer: 'Americas' },
            }),
          from: z.iso.date().describe('your first day').meta({ title: 'First day' }),
          until: z.iso.date().describe('your last day').meta({ title: 'Last day' }),
          visa: z.boolean().describe('whether you have a visa').meta({ title: 'Visa' }),
        }),
        fieldWhen: { visa: ({ region }) => region !== 'emea' },
        check: ({ fields: { from, until } }) =>
          from !== undefined && until !== undefined && until < from ? { until: notBefore } : {},
      },
      { id: 'confirm', title: 'Confirm' },
    ],
  }),
);

describe('choices with titles', () => {
  it('are asked for by their titles, and offered with them', async () => {
    const turn = await play(trip).send({ type: 'open' });
    expect(turn.text).toContain('1. Europe, Middle East and Africa\n2. Asia and Pacific\n3. Americas');
    expect(turn.offers).toEqual(['emea', 'apac', 'amer']);
  });

  it.each([
    ['Asia and Pacific', 'apac'],
    ['asia', 'apac'],
    ['the pacific', 'apac'],
    ['apac', 'apac'],
    ['2', 'apac'],
    ['the last one', 'amer'],
    ['europe please', 'emea'],
    ['americaz', 'amer'],
  ])('are understood by title, value, a part and number: %s', async (said, value) => {
    expect((await play(trip, { turnCount: 1 }).say(said)).collected).toEqual({ region: value });
  });

  it('are shown by their titles in a summary, and where one is not clear', async () => {
    const summary = await playAll(play(trip), 'apac', '2027-03-01', 'summary');
    expect(summary.text).toContain('- Region: Asia and Pacific');
    const unclear = await play(trip, { turnCount: 1 }).say('asia or americas');
    expect(unclear.text).toContain('Did you mean Asia and Pacific or Americas?');
  });
});

describe('a check that refuses an answer', () => {
  const known = { region: 'emea', from: '2027-03-05' };

  it('is told in the words of its message, and the field is asked again', async () => {
    const turn = await play(trip, { collected: known, turnCount: 1 }).say('1 March 2027');
    expect(turn.text).toBe(`${notBefore}\n\nWhat is your last day? (a date, like 2026-12-24 or next Friday)`);
    expect(turn.delta).toMatchObject({
      collected: {},
      rejected: [{ field: 'until', issues: [notBefore] }],
    });
    expect(turn.suggestedInput.field).toBe('until');
  });

  it('leaves the value before as it was, and says so', async () => {
    const collected = { ...known, until: '2027-03-08' };
    const turn = await play(trip, { collected, turnCount: 1 }).say('change the first day to 9 March 2027');
    expect(turn.text).toContain(`**First day** stays as it was: ${notBefore}`);
    expect(turn.text).not.toContain('already');
    expect(turn.collected).toEqual(collected);
  });

  it('takes the other values of the same answer', async () => {
    const conversation = play(trip, { collected: { region: 'emea' }, turnCount: 1 });
    const turn = await conversation.say('first day: 5 March 2027, last day: 1 March 2027');
    expect(turn.collected).toEqual(known);
    expect(turn.text).toContain('**First day**: Friday 5 March 2027 ✓');
    expect(turn.text).toContain(`**Last day**: ${notBefore}`);
  });
});

describe('a field that does not apply', () => {
  it('is not asked, and is asked once it applies', async () => {
    const asked = await playAll(play(trip), 'asia', '2027-03-01', '2027-03-02');
    expect(asked.suggestedInput.field).toBe('visa');
    const conversation = play(trip);
    const passedOver = await playAll(conversation, 'europe', '2027-03-01', '2027-03-02');
    expect(passedOver.suggestedInput).toEqual({ type: 'confirmation' });
    expect(passedOver.text).not.toContain('Visa');
    expect((await conversation.say('region: asia')).suggestedInput.field).toBe('visa');
  });
});
