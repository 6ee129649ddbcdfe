import { describe, expect, it } from 'vitest';
import { readChoice } from '../../../../server/agents/guided/read-answer/choice.ts';
import { findDates } from '../../../../server/agents/guided/read-answer/dates.ts';
import { findNumbers } from '../../../../server/agents/guided/read-answer/numbers.ts';
import { readFieldAnswer } from '../../../../server/agents/guided/read-answer/read-field-answer.ts';
import { readYesNo } from '../../../../server/agents/guided/read-answer/yes-no.ts';
import type { Field, Workflow } from '../../../../server/domain/workflow.ts';
import { incident, leave, playedAt, vendor } from './play.ts';

/** The reading of a text among choices that have no titles. */
const read = (values: readonly string[], text: string): ReturnType<typeof readChoice> =>
  readChoice(
    values.map((value) => ({ value, title: value })),
    text,
  );

function fieldOf(workflow: Workflow, name: string): Field {
  const field = workflow.fields.get(name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return field;
}

describe('numbers', () => {
  it.each([
    ['7', 7],
    ['twelve', 12],
    ['12 days', 12],
    ['about 1,500', 1_500],
    ['1 500 000', 1_500_000],
    ["1'250", 1_250],
    ['1.500,50', 1_500.5],
    ['1,500.50', 1_500.5],
    ['2.5', 2.5],
    ['€20,000', 20_000],
    ['20k', 20_000],
    ['1.5 million', 1_500_000],
    ['-5', -5],
    ['twenty-five', 25],
    ['one hundred and twenty', 120],
    ['two thousand and five', 2_005],
    ['twenty-five thousand three hundred', 25_300],
    ['a dozen', 12],
    ['a couple of them', 2],
    ['zero', 0],
  ])('%s is %d', (text, value) => {
    expect(findNumbers(text, false).map((found) => found.value)).toEqual([value]);
  });

  it.each(['B2B', 'INC-123', 'the 3rd', 'none of them', 'someone', '14:30', 'v1.2.3'])(
    'there is none in "%s"',
    (text) => {
      expect(findNumbers(text, false)).toEqual([]);
    },
  );

  it('are told apart, with their units', () => {
    expect(findNumbers('5 days or two weeks', true).map(({ value, unit }) => [value, unit])).toEqual([
      [5, 'days'],
      [2, 'weeks'],
    ]);
  });
});

describe('yes and no', () => {
  it.each([
    'yes',
    'Yep',
    'sure',
    'of course',
    'I think so',
    'we do',
    'it is',
    'Yeah, definitely',
    '👍',
    'ok',
    'y',
    'they have',
  ])('"%s" is a yes', (text) => {
    expect(readYesNo(text)).toBe(true);
  });
  it.each([
    'no',
    'Nope',
    'not really',
    'not yet',
    "I don't think so",
    "we don't",
    "it isn't",
    'of course not',
    'nah',
    "it's not",
    'No, we have not',
    'they haven’t',
  ])('"%s" is a no', (text) => {
    expect(readYesNo(text)).toBe(false);
  });
  it.each(['maybe', "I don't know", 'not sure', 'banana', 'no idea', 'never mind', ''])(
    '"%s" is neither',
    (text) => {
      expect(readYesNo(text)).toBeNull();
    },
  );
});

describe('choices', () => {
  const kinds = ['annual leave', 'sick leave', 'parental leave', 'unpaid leave', 'other'];
  it.each([
    ['annual leave', 'annual leave'],
    ['SICK LEAVE', 'sick leave'],
    ['I am sick', 'sick leave'],
    ['2', 'sick leave'],
    ['the third one', 'parental leave'],
    ['option 4', 'unpaid leave'],
    ['the last one', 'other'],
    ['par', 'parental leave'],
    ['parentl', 'parental leave'],
    ['it is annaul leave', 'annual leave'],
    ['sick leave please, not annual leave', 'sick leave'],
  ])('%s means %s', (text, choice) => {
    expect(read(kinds, text)).toMatchObject({ kind: 'one', choice });
  });

  it('knows initials', () => {
    expect(read(['EU or EEA', 'United Kingdom', 'United States'], 'the UK')).toMatchObject({
      kind: 'one',
      choice: 'United Kingdom',
    });
  });

  it('knows the one word that tells a choice from the others', () => {
    const regions = ['EU or EEA', 'United Kingdom', 'United States', 'elsewhere'];
    expect(read(regions, 'in the EU')).toMatchObject({ kind: 'one', choice: 'EU or EEA' });
    expect(read(regions, 'united').kind).toBe('several');
    expect(read(regions, 'no or yes')).toEqual({ kind: 'none' });
  });

  it('asks back where an answer fits several, and reads nothing into anything', () => {
    expect(read(kinds, 'annual leave or sick leave')).toEqual({
      kind: 'several',
      choices: ['annual leave', 'sick leave'],
    });
    expect(read(kinds, 'leave').kind).toBe('several');
    expect(read(kinds, 'holiday')).toEqual({ kind: 'none' });
    expect(read(kinds, '9')).toEqual({ kind: 'none' });
    expect(read(kinds, '')).toEqual({ kind: 'none' });
  });
});

describe('dates', () => {
  it.each([
    ['2026-12-24', '2026-12-24'],
    ['24 December', '2026-12-24'],
    ['December 3rd, 2027', '2027-12-03'],
    ['24.12.2026', '2026-12-24'],
    ['tomorrow', '2026-11-13'],
    ['the day after tomorrow', '2026-11-14'],
    ['next Friday', '2026-11-20'],
    ['on Monday', '2026-11-16'],
    ['in two weeks', '2026-11-26'],
    ['the 14th', '2026-11-14'],
    ['the 3rd', '2026-12-03'],
    ['10 January', '2027-01-10'],
    ['last Tuesday', '2026-11-10'],
    ['from 3 to 7 December', '2026-12-03'],
    ['from 3 Dec to 7 Dec', '2026-12-03'],
    ['14 December for 5 days', '2026-12-14'],
  ])('%s is %s', (text, isoDate) => {
    expect(findDates(text, { now: playedAt, looksBack: false })[0]?.isoDate).toBe(isoDate);
  });

  it.each([
    '5 days',
    'for two weeks',
    'next month',
    'next week',
    'in May',
    'I may',
    'soon',
    '2027-02-31',
    '12',
  ])('there is none in "%s"', (text) => {
    expect(findDates(text, { now: playedAt, looksBack: false })).toEqual([]);
  });

  it('are in the past if the field asks for a past event', () => {
    const back = { now: playedAt, looksBack: true };
    expect(findDates('Friday', back)[0]?.isoDate).toBe('2026-11-06');
    expect(findDates('24 December', back)[0]?.isoDate).toBe('2025-12-24');
    expect(findDates('it started yesterday around 3pm', back)[0]?.isoDateTime).toBe('2026-11-11T15:00:00Z');
    expect(findDates('at 9:15', back)[0]?.isoDateTime).toBe('2026-11-12T09:15:00Z');
    expect(findDates('at 23:15', back)[0]?.isoDateTime).toBe('2026-11-11T23:15:00Z');
  });

  it('do not depend on the time zone of the machine', () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles', 'UTC']) {
        process.env['TZ'] = zone;
        const lateInTheDay = { now: Date.UTC(2026, 10, 12, 23, 30), looksBack: false };
        expect(findDates('today', lateInTheDay)[0]?.isoDate, zone).toBe('2026-11-12');
        expect(findDates('friday', lateInTheDay)[0]?.isoDate, zone).toBe('2026-11-13');
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});

describe('answers', () => {
  it.each([
    [vendor, 'legalName', 'Acme Ltd.', 'Acme Ltd.'],
    [vendor, 'legalName', 'The company is called Smith and Sons.', 'Smith and Sons.'],
    [vendor, 'legalName', "we're called Acme", 'Acme'],
    [vendor, 'legalName', "It's Acme Robotics.", 'Acme Robotics'],
    [vendor, 'legalName', 'My Name Is Earl Productions', 'My Name Is Earl Productions'],
    [vendor, 'legalName', 'it takes two', 'it takes two'],
    [vendor, 'legalName', '“Acme”', 'Acme'],
    [vendor, 'contactName', 'my name is Maria Lopez', 'Maria Lopez'],
    [leave, 'coveredBy', 'covered by Ann Lee', 'Ann Lee'],
    [vendor, 'legalName', 'legal name is Acme', 'Acme'],
    [vendor, 'legalName', 'Legal Eagles Ltd', 'Legal Eagles Ltd'],
    [vendor, 'contactName', "I'm Maria", 'Maria'],
    [incident, 'headline', "It's broken since noon", "It's broken since noon"],
    [incident, 'headline', 'we are losing orders', 'we are losing orders'],
    [vendor, 'contactEmail', 'you can write to <maria@acme.example>.', 'maria@acme.example'],
    [vendor, 'contactEmail', 'maria at acme dot example', 'maria@acme.example'],
    [vendor, 'website', 'www.acme.example/about', 'https://www.acme.example/about'],
    [vendor, 'website', 'see https://acme.example/.', 'https://acme.example/'],
    [incident, 'callbackNumber', 'my number is +44 (0)20 7946 0123, thanks', '+44 (0)20 7946 0123'],
    [leave, 'note', "it's urgent. Call me!", "it's urgent. Call me!"],
    [incident, 'usersAffected', 'none', 0],
  ])('%# $1: $2', (workflow, name, text, value) => {
    expect(readFieldAnswer(fieldOf(workflow, name), text, playedAt)).toMatchObject({ kind: 'value', value });
  });

  it.each([
    [leave, 'days', '99', '99 is too high: the highest is 60.'],
    [leave, 'days', '0', '0 is too low: the lowest is 1.'],
    [leave, 'days', '2.5', 'It has to be a whole number, and 2.5 is not.'],
    [leave, 'days', 'two weeks', 'I need that in days'],
    [leave, 'days', '5 or 6', 'I found more than one number in that: which one is it?'],
    [leave, 'days', 'lots', 'I couldn’t find a number'],
    [leave, 'from', '2026-02-31', 'There is no 2026-02-31 in the calendar.'],
    [leave, 'from', '31 February', "I can't find that day in the calendar."],
    [leave, 'from', 'next month', 'I need the exact day.'],
    [leave, 'from', 'maybe 2k', "I couldn't find a date in that."],
    [leave, 'from', 'whenever', "I couldn't find a date in that."],
    [leave, 'from', '03/04/2027', 'Thursday 4 March 2027 or Saturday 3 April 2027'],
    [leave, 'startsAtNoon', 'banana', 'I need a yes or a no here.'],
    [leave, 'kind', 'leave', 'Did you mean'],
    [leave, 'coveredBy', 'x', 'That is too short: I need at least 2 characters.'],
    [leave, 'coveredBy', 'x'.repeat(101), 'That is too long: it has 101 characters, and 100 fit.'],
    [vendor, 'contactEmail', 'maria', "“maria” doesn't look like an email address."],
    [vendor, 'contactEmail', 'a@b.example or c@d.example', 'which one is it?'],
    [vendor, 'contactPhone', 'ask Maria', "doesn't look like a phone number"],
    [vendor, 'website', 'javascript:alert(1)', "doesn't look like a web address"],
    [incident, 'startedAt', 'yesterday', 'At what time on Wednesday 11 November 2026?'],
  ])('%# $1: $2 is refused in words that people understand', (workflow, name, text, why) => {
    const reading = readFieldAnswer(fieldOf(workflow, name), text, playedAt);
    expect(reading.kind === 'refused' && reading.why).toContain(why.replace('’', "'"));
  });
});
