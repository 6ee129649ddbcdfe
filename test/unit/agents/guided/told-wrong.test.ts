import { describe, expect, it } from 'vitest';
import { guidedCases as cases, workflowOf } from './guided-cases.ts';
import { play } from './play.ts';
import type { PlayedTurn } from './play.ts';

const now = Date.parse(`${cases.day}T10:30:00Z`);

/** The fields collected before a field of a shipped workflow is asked for. */
const upTo: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  dataRegion: {
    legalName: 'Acme',
    legalForm: 'partnership',
    contactName: 'Maria',
    contactEmail: 'm@a.example',
    startDate: '2027-05-01',
    yearlySpend: 5,
    paymentTermDays: 7,
    handlesPersonalData: true,
  },
  legalForm: { legalName: 'Acme' },
  severity: { headline: 'Search is slow', service: 'search', startedAt: '2026-11-12T10:20:00Z' },
  kind: { from: '2026-12-07', days: 5 },
};

interface Asked {
  readonly workflow: string;
  readonly field?: string | undefined;
  readonly before?: readonly string[];
}

async function answer({ workflow, field, before = [] }: Asked, text: string): Promise<PlayedTurn> {
  const collected = upTo[field ?? ''] ?? {};
  const conversation = play(workflowOf(workflow), { collected, turnCount: 1, now });
  for (const said of before) await conversation.say(said);
  return conversation.say(text);
}

/** Returns the collected fields, or the value alone if the turn collected one field. */
function outcome({ delta }: PlayedTurn, isWhole: boolean): unknown {
  const values = Object.values(delta.collected);
  if (values.length === 0) return 'ask';
  return isWhole || values.length > 1 ? delta.collected : values[0];
}

describe.each(cases.kinds)('$kind', ({ inputs }) => {
  it.each(inputs)('$text', async ({ text, right, ...asked }) => {
    const turn = await answer(asked, text);
    expect(right).toContainEqual(outcome(turn, asked.before.length > 0));
    expect(turn.text).not.toBe('');
  });
});

describe('right readings stay', () => {
  it.each([
    ['t-choice', 'not small, medium', 'medium'],
    ['t-choice', 'no, small', 'small'],
    ['t-choice', 'medium, not large', 'medium'],
    ['t-choice2', 'none', 'none'],
    ['t-choice2', 'by e-mail please', 'email'],
    ['t-choice2', 'you can call me', 'phone call'],
    ['t-amount', '1.234,56 €', 1_234.56],
    ['t-amount', '1,2k', 1_200],
    ['t-amount', '20 k€', 20_000],
    ['t-amount', '20 M€', 20_000_000],
    ['t-amount', '1,5 million', 1_500_000],
    ['t-amount', 'twelve hundred', 1_200],
    ['t-amount', '100,- €', 100],
    ['t-int', 'a dozen', 12],
    ['t-int', 'we are 6', 6],
    ['t-int', '6 guests are coming', 6],
    ['t-int', 'nobody', 0],
    ['t-date', 'Friday, the 4th of December', '2026-12-04'],
    ['t-date', 'Thursday the 10th', '2026-12-10'],
    ['t-date', 'two days before 10 December', '2026-12-08'],
    ['t-date', 'the day after tomorrow', '2026-12-01'],
    ['t-date', 'how about Friday?', '2026-12-04'],
    ['t-bool', 'nobody', false],
    ['t-bool', 'none', false],
    ['t-bool', 'not really', false],
    ['t-bool', 'yes, we will need one', true],
    ['t-email', 'maria at acme dot example', 'maria@acme.example'],
    ['t-email', 'anna at acme dot co dot uk', 'anna@acme.co.uk'],
    ['t-phone', 'my number is +44 (0)20 7946 0123, thanks', '+44 (0)20 7946 0123'],
    ['t-name', 'My name is Anna Berg', 'Anna Berg'],
    ['t-name', "I'm Anna Berg", 'Anna Berg'],
    ['t-name', "It's Anna Berg", 'Anna Berg'],
    ['t-name', 'Call me Anna', 'Anna'],
    ['t-name', 'hey, my name is Anna Berg', 'Anna Berg'],
    ['t-name', "O'Brien", "O'Brien"],
    ['t-name', 'D’Arcy', 'D’Arcy'],
    ['t-name', 'Łukasz', 'Łukasz'],
    ['t-name', '山田太郎', '山田太郎'],
    ['t-name', 'Ludwig van Beethoven', 'Ludwig van Beethoven'],
    ['t-name', '"n/a"', 'n/a'],
    ['t-time', 'tomorrow at 3pm', '2026-11-30T15:00:00Z'],
    ['t-birth', '3 May 1984', '1984-05-03'],
    [
      't-note',
      'actually none of this is needed: we bring our own',
      'none of this is needed: we bring our own',
    ],
  ])('%s: %s', async (workflow, text, value) => {
    expect(outcome(await answer({ workflow }, text), false)).toEqual(value);
  });

  it.each(['two and a half thousand', '2½ thousand', 'two, thousand', 'limited company or partnership'])(
    '%s is asked back',
    async (text) => {
      const asked = text.startsWith('limited')
        ? { workflow: 'vendor-onboarding', field: 'legalForm' }
        : { workflow: 't-amount' };
      expect(outcome(await answer(asked, text), false)).toBe('ask');
    },
  );

  // "Friday" alone is the next Friday, but the start of a count from it is unknown.
  it.each([
    'a week on Friday',
    'a week from Friday',
    'two weeks from Friday',
    '3 weeks on Monday',
    'a week tomorrow',
    'a month from tomorrow',
    'a fortnight from Friday',
    'one week from 3 May 2027',
    'Friday two weeks',
    'a day after Friday',
    'the day after Friday',
    'two weeks after next Friday',
    'a week before Friday',
  ])('%s is no date, also where a field counts days', async (text) => {
    expect(outcome(await answer({ workflow: 't-date' }, text), false)).toBe('ask');
    expect(outcome(await answer({ workflow: 'leave-request' }, text), false)).toBe('ask');
  });

  it.each([
    ['Friday for two weeks', '2026-12-04'],
    ['Friday, two weeks', '2026-12-04'],
    ['two weeks, from 7 December', '2026-12-07'],
    ['two weeks starting Friday', '2026-12-04'],
  ])('%s is a first day, with a length that is asked back', async (text, from) => {
    const turn = await answer({ workflow: 'leave-request' }, text);
    expect(turn.delta.collected).toEqual({ from });
    expect(turn.text).toContain('I need that in days');
  });

  it.each([
    'please wait',
    'please hold',
    'wait, please',
    'call me',
    'call me back',
    'call me tomorrow',
    'you can call me any time',
    'please call me on Friday',
    'email me later',
    'call him',
  ])('%s is no name', async (text) => {
    expect(outcome(await answer({ workflow: 't-name' }, text), false)).toBe('ask');
  });

  it.each([
    ['legal form non-profit', { legalForm: 'non-profit' }],
    ['yearly spend 500', { yearlySpend: 500 }],
    ['website acme.example', { website: 'https://acme.example' }],
  ])('%s, where a name is asked for, is the value of its field', async (text, collected) => {
    const turn = await answer({ workflow: 'vendor-onboarding', before: ['Acme', 'partnership'] }, text);
    expect(turn.delta.collected).toEqual(collected);
  });

  const leaveSoFar = ['2026-12-07', '5', 'annual leave'];
  it.each([
    ['leave-request', ['2026-12-07', '5'], 'unpaid leave, not sick leave', { kind: 'unpaid leave' }],
    ['leave-request', leaveSoFar, 'sorry, 6 days, not 5', { days: 6 }],
    ['leave-request', leaveSoFar, 'oops, the first day is 9 December', { from: '2026-12-09' }],
    ['leave-request', leaveSoFar, 'no wait, unpaid leave', { kind: 'unpaid leave' }],
    ['leave-request', ['2026-12-07', '5'], 'make it 8', { days: 8 }],
    ['leave-request', ['2026-12-07', '5'], 'no, I meant 8', { days: 8 }],
    ['vendor-onboarding', ['Acme Ltd', 'limited company'], 'I meant non-profit', { legalForm: 'non-profit' }],
  ])('%s, after %j: %s', async (workflow, before, text, collected) => {
    expect((await answer({ workflow, before }, text)).delta.collected).toEqual(collected);
  });
});
