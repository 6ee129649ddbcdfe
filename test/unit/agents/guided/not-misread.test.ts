import { describe, expect, it } from 'vitest';
import { readChoice } from '../../../../server/agents/guided/read-answer/choice.ts';
import { findDates } from '../../../../server/agents/guided/read-answer/dates.ts';
import { incident, leave, play, playedAt, vendor, workflowFromJson } from './play.ts';

/** The reading of a text among choices that have no titles. */
const read = (values: readonly string[], text: string): ReturnType<typeof readChoice> =>
  readChoice(
    values.map((value) => ({ value, title: value })),
    text,
  );

const from = { from: '2026-12-07' };
const upToImpact = {
  headline: 'Search is slow',
  service: 'search',
  startedAt: '2026-11-12T10:20:00Z',
  severity: 'high',
};

/** A workflow with both ends of a period, and a count after them. */
const period = workflowFromJson({
  id: 'period',
  version: 1,
  title: 'Period',
  steps: [
    {
      id: 'only',
      title: 'Only',
      collects: {
        type: 'object',
        properties: {
          opens: { type: 'string', format: 'date', title: 'Start date' },
          closes: { type: 'string', format: 'date', title: 'End date' },
          owner: { type: 'string', title: 'Owner' },
          seats: { type: 'integer', title: 'Seats' },
        },
        required: ['opens', 'closes', 'owner', 'seats'],
      },
    },
  ],
});
const bothEnds = { opens: '2026-12-07', closes: '2026-12-18', owner: 'Ann' };

describe('a date where a number is asked for', () => {
  it.each([
    'till 18 december',
    'until the 18th of December',
    'actually till 18 december',
    'december 18',
    'december 18, 2026',
    '18/12',
    '12/12',
    '2026-12-18',
    '7 may',
    'seven december',
    '30 february',
    'between 3 and 7 december',
    '3, 4 and 5 december',
    'sunday 5',
    'until friday',
    'until 18',
    'at 9',
    'at 9:30',
    '9 am',
  ])('is not taken for the number, and said to be a date: %s', async (text) => {
    const turn = await play(leave, { collected: from, turnCount: 1 }).say(text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('reads like a date or a time, and I need a number here.');
    expect(turn.suggestedInput).toMatchObject({ field: 'days' });
  });

  it.each([
    'actually from 30 november',
    'no, from 30 november',
    'from 30 november',
    'starting 30 November please',
    'from the 30th',
  ])('changes the one date that it can mean, and asks again: %s', async (text) => {
    const turn = await play(leave, { collected: from, turnCount: 1 }).say(text);
    expect(turn.delta.collected).toEqual({ from: '2026-11-30' });
    expect(turn.text).toContain(
      'Changed **First day off**: Monday 7 December 2026 → Monday 30 November 2026',
    );
    expect(turn.suggestedInput).toMatchObject({ field: 'days' });
  });

  it('moves the date at the end of the period that the text names', async () => {
    const moved = await play(period, { collected: bothEnds, turnCount: 3 }).say('actually from 30 november');
    expect(moved.delta.collected).toEqual({ opens: '2026-11-30' });
    const prolonged = await play(period, { collected: bothEnds, turnCount: 3 }).say(
      'actually until 20 december',
    );
    expect(prolonged.delta.collected).toEqual({ closes: '2026-12-20' });
  });

  it.each([
    [leave, from, '5 days from 30 november', '“from 30 november”'],
    [leave, from, '7, starting 1 december', '“starting 1 december”'],
    [leave, from, '5 may be enough', '“may enough”'],
    [leave, from, '10 working days until 18 december', '“until 18 december”'],
    [incident, upToImpact, '500 users since 3 november', '“since 3 november”'],
    [incident, upToImpact, '3 since monday', '“since monday”'],
  ])('beside a number is asked about, because it may matter: %#', async (workflow, collected, text, rest) => {
    const turn = await play(workflow, { collected, turnCount: 4 }).say(text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toMatch(/I understood \d+, but not/);
    expect(turn.text).toContain(rest);
  });

  it('is no number of users either', async () => {
    const turn = await play(incident, { collected: upToImpact, turnCount: 4 }).say('since 9');
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('reads like a date or a time');
  });
});

describe('a date where another answer is asked for', () => {
  it('moves the beginning that was given, also from a name and from the summary', async () => {
    const collected = { ...from, days: 5, kind: 'other' };
    const atName = await play(leave, { collected, turnCount: 3 }).say('actually from 30 november');
    expect(atName.delta.collected).toEqual({ from: '2026-11-30' });
    const atSummary = play(leave, { collected: { ...collected, coveredBy: 'Dana' }, turnCount: 4 });
    expect((await atSummary.say('from 30 november')).delta.collected).toEqual({ from: '2026-11-30' });
    expect((await atSummary.say('actually till 18 december')).delta.collected).toEqual({});
  });

  it('never replaces the name that was said before it', async () => {
    const collected = { opens: '2026-12-07', closes: '2026-12-18', owner: 'Ann' };
    for (const text of ['no, 20 december', 'actually on friday']) {
      const turn = await play(period, { collected, turnCount: 3 }).say(text);
      expect(turn.delta.collected, text).toEqual({});
    }
  });

  it('never costs a name its own words, and is never stored with one', async () => {
    const collected = { ...from, days: 5, kind: 'other' };
    const name = await play(leave, { collected, turnCount: 3 }).say('From Scratch');
    expect(name.delta.collected).toEqual({ coveredBy: 'From Scratch' });
    for (const text of ['Ann Lee, from 30 november', 'actually Ann from 3 Main Street']) {
      const turn = await play(leave, { collected, turnCount: 3 }).say(text);
      expect(turn.delta.collected, text).toEqual({});
      expect(turn.text, text).toContain('put it in quotes');
    }
  });

  it('is in the future, unless the text says that it is past', async () => {
    for (const text of ['24 december', 'thursday, 24 december', 'on 24 december please']) {
      expect((await play(leave, { turnCount: 1 }).say(text)).collected, text).toEqual({ from: '2026-12-24' });
    }
    for (const text of ['24 december, right before Christmas', '24 december, when I go back home']) {
      const turn = await play(leave, { turnCount: 1 }).say(text);
      expect(turn.collected, text).toEqual({});
      expect(turn.offers, text).toEqual(['2026-12-24']);
    }
    const last = await play(leave, { turnCount: 1 }).say('last friday');
    expect(last.collected).toEqual({ from: '2026-11-06' });
  });

  it('is asked for again where it is the other end of the period', async () => {
    const turn = await play(leave, { turnCount: 1 }).say('till 18 december');
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('reads like the end, and I need the beginning here.');
    const whole = await play(leave, { turnCount: 1 }).say('from monday until 18 december');
    expect(whole.delta.collected).toEqual({ from: '2026-11-16' });
  });
});

describe('an answer without a date to a question for one', () => {
  it.each(['net 30', '1.5 million', 'room 12', '5 bananas'])(
    'is not looked up in the calendar: %s',
    async (text) => {
      const turn = await play(leave, { turnCount: 1 }).say(text);
      expect(turn.text).toContain("I couldn't find a date in that.");
    },
  );

  it.each(['31 February', 'the 30th of february', 'february 30'])(
    'is, where it names a day that is not there: %s',
    async (text) => {
      const turn = await play(leave, { turnCount: 1 }).say(text);
      expect(turn.text).toContain("I can't find that day in the calendar.");
    },
  );

  it('is a vague time, not a day', async () => {
    const turn = await play(leave, { turnCount: 1 }).say('for a few weeks');
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('I need the exact day.');
  });

  it('may stand beside a date with a duration', async () => {
    const turn = await play(leave, { turnCount: 1 }).say('from next Monday for two weeks');
    expect(turn.delta.collected).toEqual({ from: '2026-11-16' });
    expect(turn.text).not.toContain('calendar');
  });

  it('is taken as it is where a text is asked for, and not refused as a date where none is in it', async () => {
    const said = 'the checkout is broken for everyone in germany since 9';
    const headline = await play(incident, { turnCount: 1 }).say(said);
    expect(headline.delta.collected).toEqual({ headline: said });
    const collected = { headline: 'Checkout is down', service: 'checkout' };
    const started = await play(incident, { collected, turnCount: 2 }).say(said);
    expect(started.delta.collected).toEqual({});
    expect(started.text).not.toContain('calendar');
  });
});

describe('a length of time in another unit', () => {
  it.each(['a week', 'two weeks', 'about a fortnight', 'half a week', 'a few weeks'])(
    'is asked for in the unit that counts, not converted: %s',
    async (text) => {
      const turn = await play(leave, { collected: from, turnCount: 1 }).say(text);
      expect(turn.delta.collected).toEqual({});
      expect(turn.text).toContain(
        "I need that in days, and can't convert it for you: how many days is that?",
      );
    },
  );

  it('is not taken for an amount, and goes to the field that counts it', async () => {
    const collected = {
      legalName: 'Acme',
      legalForm: 'partnership',
      contactName: 'Jo',
      contactEmail: 'jo@acme.example',
      startDate: '2027-05-01',
    };
    const turn = await play(vendor, { collected, turnCount: 5 }).say('30 days');
    expect(turn.delta.collected).toEqual({ paymentTermDays: 30 });
    expect(turn.text).not.toContain('I need');
    expect((await play(vendor, { collected, turnCount: 5 }).say('3 weeks')).text).toContain(
      'That is a length of time, and I need an amount here.',
    );
  });

  it('keeps its half', async () => {
    const turn = await play(leave, { collected: from, turnCount: 1 }).say('two and a half days');
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('in digits');
  });
});

describe('abbreviations and typos', () => {
  const forms = ['limited company', 'partnership', 'sole trader', 'non-profit', 'public body'];
  it.each(['ltd', 'Ltd.', 'a ltd', 'Ltd company'])('%s is a limited company', (text) => {
    expect(read(forms, text)).toMatchObject({ kind: 'one', choice: 'limited company' });
  });

  it('is not guessed at', () => {
    for (const text of ['plc', 'lid', 'gmbh']) expect(read(forms, text), text).toEqual({ kind: 'none' });
  });

  it.each([
    ['tomorow', '2026-11-13'],
    ['tommorow', '2026-11-13'],
    ['from tommorrow for 5 days', '2026-11-13'],
    ['todya', '2026-11-12'],
    ['yesturday', '2026-11-11'],
  ])('%s is the day that it nearly says', (text, isoDate) => {
    expect(findDates(text, { now: playedAt, looksBack: false })[0]?.isoDate).toBe(isoDate);
  });

  it('keeps the time of day beside it', () => {
    const found = findDates('yesterdya at 9:15', { now: playedAt, looksBack: true });
    expect(found.map(({ isoDateTime }) => isoDateTime)).toEqual(['2026-11-11T09:15:00Z']);
    expect(findDates('to borrow and to study', { now: playedAt, looksBack: false })).toEqual([]);
  });
});
