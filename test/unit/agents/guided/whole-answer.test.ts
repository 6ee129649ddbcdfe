import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf, linearGrowth } from '../../../support/time.ts';
import { workflowOf } from './guided-cases.ts';
import { incident, leave, play, vendor, workflowFromJson } from './play.ts';

const now = Date.UTC(2026, 10, 29, 10, 30);

/** Returns the value that an answer to a small workflow's only question stores; `null` if it is asked again. */
async function stored(id: string, text: string): Promise<unknown> {
  const turn = await play(workflowOf(id), { turnCount: 1, now }).say(text);
  expect(turn.text).not.toBe('');
  return Object.values(turn.delta.collected)[0] ?? null;
}

/** An answer of each kind, as people give it, and the value that it stores. */
const answers = [
  ['t-amount', '500', 500],
  ['t-amount', 'five hundred euros', 500],
  ['t-amount', '1.5 million', 1_500_000],
  ['t-int', '12', 12],
  ['t-int', 'a dozen', 12],
  ['t-date', '10 December', '2026-12-10'],
  ['t-date', 'Friday', '2026-12-04'],
  ['t-date', '2026-12-24', '2026-12-24'],
  ['t-bool', 'yes', true],
  ['t-bool', 'no', false],
  ['t-choice', 'small', 'small'],
  ['t-choice', 'large', 'large'],
  ['t-choice2', 'email', 'email'],
  ['t-choice2', 'phone call', 'phone call'],
  ['t-phone', '07700 900123', '07700 900123'],
  ['t-email', 'anna@acme.example', 'anna@acme.example'],
  ['t-time', 'tomorrow at 3pm', '2026-11-30T15:00:00Z'],
  ['t-birth', '3 May 1984', '1984-05-03'],
  ['t-name', 'Anna Berg', 'Anna Berg'],
] as const;

const before =
  'not|never|no|without|except|anything but|either|maybe|perhaps|at least|at most|more than|less than|under|over|almost|nearly|' +
  'between|before|not before|after|until|instead of|rather than|other than|if possible|unless|twice|half of|I doubt|far from|' +
  'used to be|formerly|hardly|not quite|no longer|cancel|forget|avoid|everything besides|nicht|kein|pas|ou|oder|non|nunca|sin|' +
  'another|up to|the last|>|~|week of|no earlier than|depends on';
const after =
  'or not|or so|or later|or earlier|maybe|unless it rains|if possible|but only with Tom|is wrong|is too much|is impossible|' +
  "doesn't work for me|isn't possible|would be bad|was the old one|cancelled|no longer|each|per week|times two|minus one|oder|" +
  'more|at the latest|at the earliest|eve|and a half|something|bananas|instead of that|, not that one|except on Sundays|at best';

const surroundings = fc.oneof(
  fc.constantFrom(...before.split('|')).map((word) => (value: string) => `${word} ${value}`),
  fc.constantFrom(...after.split('|')).map((word) => (value: string) => `${value} ${word}`),
);
const courtesy = fc.constantFrom(
  (value: string) => `${value} please`,
  (value: string) => `${value}, thanks`,
  (value: string) => `  ${value}. `,
  (value: string) => `${value}!`,
);

describe('an answer counts only if the whole of it is accounted for', () => {
  it('nothing is stored beside words that may reverse its meaning', async () => {
    const words = fc.array(surroundings, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...answers), words, async ([id, value], around) => {
        const text = around.reduce<string>((said, wrap) => wrap(said), value);
        // "No no" is a no, and half of a dozen is six.
        fc.pre(!/^no(?: no)+$/.test(text) && !text.startsWith('half of a dozen'));
        expect(await stored(id, text), text).toBeNull();
      }),
      { numRuns: 800 },
    );
  }, 120_000);

  it('and every value of a kind stores the same alone and with courtesy', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...answers), courtesy, async ([id, text, value], polite) => {
        expect(await stored(id, text)).toEqual(value);
        expect(await stored(id, polite(text)), polite(text)).toEqual(value);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('whatever random words stand around it', async () => {
    const word = fc.stringMatching(/^[b-hj-z]{3,9}$/).map((letters) => `q${letters}`);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...answers),
        word,
        fc.boolean(),
        async ([id, value], other, isFirst) => {
          const text = isFirst ? `${other} ${value}` : `${value} ${other}`;
          expect(await stored(id, text), text).toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  }, 120_000);

  it('plain numbers and dates are read back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 20_000 }),
        async (count, days) => {
          expect(await stored('t-int', String(count))).toBe(count);
          const isoDate = new Date(now + days * 86_400_000).toISOString().slice(0, 10);
          expect(await stored('t-date', isoDate)).toBe(isoDate);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  it('the reply says what was understood, and what was not', async () => {
    const said = async (id: string, text: string) => play(workflowOf(id), { turnCount: 1, now }).say(text);
    const ruledOut = await said('t-date', 'anything but the 10th of December');
    expect(ruledOut.text).toContain('I understood Thursday 10 December 2026, but not “anything but”.');
    expect(ruledOut.offers).toEqual([]);
    const aside = await said('t-date', '10 December with my dog');
    expect(aside.offers).toEqual(['2026-12-10']);
    expect((await said('t-amount', '500 dollars')).text).toContain('but not “dollars”');
    const choice = await said('t-choice', 'not too large');
    expect(choice.offers).toEqual(['small', 'medium', 'large', 'extra large']);
    expect((await said('t-date', 'Thursday the 11th')).text).toContain(
      "The weekday doesn't go with the date",
    );
    expect((await said('t-time', 'tomorrow at 3')).text).toContain('in the morning or in the afternoon?');
  });

  it('in the first message too, where nothing was asked', async () => {
    const turn = await play(leave, { now }).say("I can't take annual leave on 14 December");
    expect(turn.delta.collected).toEqual({});
    expect(turn.text).toContain('so I have taken nothing of it');
    expect((await play(leave, { now }).say('annual leave from 14 December please')).delta.collected).toEqual({
      from: '2026-12-14',
      kind: 'annual leave',
    });
  });
});

describe('a value under a label that can not be read', () => {
  it.each([
    ['legal name: Acme Ltd, legal form: GmbH, yearly spend: 12,500', ['legalForm']],
    ['legal name: Acme Ltd, start date: 01/02/2027, yearly spend: 12,500', ['startDate']],
    ['legal name: Acme Ltd, legal form: not a partnership, yearly spend: 12,500', ['legalForm']],
    ['legal name: Acme Ltd, contact name: n/a, yearly spend: 12,500', ['contactName']],
    [
      'legal name: Acme Ltd, website: none, payment term: soon, yearly spend: 12,500',
      ['website', 'paymentTermDays'],
    ],
  ])('is refused by its label, and swallowed by none: %s', async (text, rejected) => {
    for (const turnCount of [0, 1]) {
      const turn = await play(vendor, { turnCount, now }).say(text);
      expect(turn.delta.collected).toEqual({ legalName: 'Acme Ltd', yearlySpend: 12_500 });
      expect(turn.delta.rejected.map(({ field }) => field).sort()).toEqual(rejected.toSorted());
    }
  });

  it('is none where the label is said about', async () => {
    const collected = { headline: 'Search is slow', service: 'search', startedAt: '2026-11-12T10:20:00Z' };
    for (const text of [
      'if the severity is high, call me',
      'the severity is not critical',
      'severity: high or low',
    ]) {
      const turn = await play(incident, { collected, turnCount: 3, now }).say(text);
      expect(turn.delta.collected, text).toEqual({});
    }
  });
});

describe('non-answers', () => {
  const collected = { legalName: 'Acme', legalForm: 'partnership' };
  it.each(
    (
      'n/a|none|no|oops|wait|start over|who are you|ask Tom|my manager|we do not have one yet|Ask Tom|nobody yet|tbd|same as above|' +
      "I will tell you later|probably John|John or Mary|John, I think|-|…|we don't have that|hold on|the boss|me|acme.com|hello anna"
    ).split('|'),
  )('are no names: %s', async (text) => {
    const turn = await play(vendor, { collected, turnCount: 3, now }).say(text);
    expect(turn.delta.collected).toEqual({});
    expect(turn.suggestedInput.field).toBe('contactName');
  });

  it('go to the field whose label they begin with, colon or not', async () => {
    const turn = await play(vendor, { collected, turnCount: 3, now }).say('website acme.com');
    expect(turn.delta.collected).toEqual({ website: 'https://acme.com' });
  });

  it('are reported as such, with a way to mean them', async () => {
    const conversation = play(vendor, { collected, turnCount: 3, now });
    expect((await conversation.say('none')).text).toContain('If it is meant so, put it in quotes.');
    expect((await conversation.say('“None”')).delta.collected).toEqual({ contactName: 'None' });
  });
});

describe('undo, start over and back', () => {
  const collected = {
    headline: 'Search is slow',
    service: 'search',
    startedAt: '2026-11-12T10:20:00Z',
    severity: 'low',
    usersAffected: 3,
    isOngoing: false,
    reporterName: 'Sam',
    callbackNumber: '+44 20 7946 0123',
  };

  it.each(['undo', 'undo that', 'Undo the last change', 'take that back'])(
    '%s says that it can not',
    async (text) => {
      const turn = await play(incident, { collected, turnCount: 9, now }).say(text);
      expect(turn.delta).toMatchObject({ stateChanged: false, collected: {} });
      expect(turn.text).toContain("I can't undo by words");
    },
  );

  it('starting over is no value, whatever is asked', async () => {
    const note = workflowOf('t-note');
    for (const workflow of [note, vendor, leave, incident]) {
      const turn = await play(workflow, { turnCount: 2, now }).say('start over');
      expect(turn.delta.collected).toEqual({});
      expect(turn.text).toContain("I can't start over by myself.");
    }
  });

  it('back leaves a long text where it is, since nobody should write it again', async () => {
    const account = workflowFromJson({
      id: 'account',
      version: 1,
      title: 'Account',
      steps: [
        {
          id: 'only',
          title: 'Only',
          collects: {
            type: 'object',
            properties: {
              description: { type: 'string', maxLength: 2_000, title: 'Description' },
              injured: { type: 'boolean', description: 'Was anybody injured?' },
            },
            required: ['description', 'injured'],
          },
        },
      ],
    });
    const description = 'The cellar was full of water. '.repeat(20).trim();
    const conversation = play(account, { collected: { description }, turnCount: 2, now });
    const turn = await conversation.say('back');
    expect(turn.collected).toEqual({ description });
    expect(turn.text).toContain('Write “description: …” to replace it');
    expect((await conversation.say('ok')).collected, 'an "ok" is no yes').toEqual({ description });
    expect((await conversation.say('nobody')).collected).toEqual({ description, injured: false });
  });
});

describe('8,000 characters', () => {
  const asked = ['t-amount', 't-date', 't-choice', 't-name', 't-email', 't-phone', 't-bool', 't-table'];

  it.each([
    '!',
    '.',
    ',',
    '"',
    "'",
    '(',
    '-',
    '\n',
    '1',
    '9 ',
    '1,',
    'a ',
    'not ',
    'and ',
    '3 may ',
    'x at y dot ',
    'name: ',
    '🙂',
    'no, ',
    '{"a":',
    '漢',
    '👨\u200d👩\u200d👧 ',
    'é',
    '½',
    '€',
    '1.',
    '1 ',
    '1/',
    '12:',
    '-1 ',
    '+',
    '3pm ',
    'at 3 ',
    '0 7',
    '(0',
    'Friday ',
    'next ',
    'first of ',
    'may ',
    '2026-',
    'days before ',
    'or ',
    'X or ',
    'x / ',
    'either ',
    'no ',
    'yes ',
    'yes, i ',
    'i think ',
    'it is ',
    'please ',
    'small ',
    'medium, ',
    'call ',
    'a@',
    'a@b.c ',
    '@ ',
    'dot ',
    'x dot ',
    'http://',
    'a.b ',
    '[',
    '{',
    '}',
    '"a" ',
    '“',
    '#',
    '=',
    'size = ',
    'the ',
    'half a ',
    'one hundred ',
    'million ',
    'thousand ',
    'k ',
    '...',
    '?',
    '\t',
    '?! ',
    '_',
    '*',
    'I a ',
    'tomorrow ',
  ])(
    'of %j are answered at a cost that grows no faster than their number',
    async (part) => {
      for (const id of asked) {
        const workflow = workflowOf(id);
        const answering = (chars: number) => {
          const text = `a${part.repeat(chars)}`.slice(0, chars - 1) + 'a';
          return () => play(workflow, { turnCount: 1, now }).say(text);
        };
        expect(await growthOf(answering, 8_000), id).toBeLessThan(linearGrowth);
      }
    },
    60_000,
  );
});
