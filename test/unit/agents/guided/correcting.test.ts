import { describe, expect, it } from 'vitest';
import { vendorUpToTerms } from './filled-fields.ts';
import { incident, leave, play, playAll, vendor, workflowFromJson } from './play.ts';

const filledLeave = {
  from: '2026-12-07',
  days: 5,
  kind: 'annual leave',
  coveredBy: 'Dana',
  note: 'call me',
};
const filledVendor = {
  ...vendorUpToTerms,
  handlesPersonalData: false,
};
const atSummary = { turnCount: 6 };

describe('corrections', () => {
  it.each([
    ['change the start date to 3 December', { from: '2026-12-03' }],
    ['Please change my first day off to 2026-12-09.', { from: '2026-12-09' }],
    ['no, 7 days', { days: 7 }],
    ['No, it should be 7 days', { days: 7 }],
    ['actually sick leave', { kind: 'sick leave' }],
    ['make the days 8', { days: 8 }],
    ['working days 9', { days: 9 }],
    ['yes but change the kind to sick leave', { kind: 'sick leave' }],
    ['the colleague is Robin', { coveredBy: 'Robin' }],
    ['covered by: Robin', { coveredBy: 'Robin' }],
    ['note: back on Monday, call me', { note: 'back on Monday, call me' }],
    ['starts at noon: yes', { startsAtNoon: true }],
    ['change the days to 9 and the kind to unpaid leave', { days: 9, kind: 'unpaid leave' }],
    ['change starts at noon to no', { startsAtNoon: false }],
    ['can you change the number of days to 4?', { days: 4 }],
    ['clear the note', { note: null }],
    ['please remove my note', { note: null }],
    ['the first day is wrong', { from: null }],
    ['change the first day off', { from: null }],
    ['working days', { days: null }],
  ])('at the summary: %s', async (text, changed) => {
    const turn = await play(leave, { ...atSummary, collected: filledLeave }).say(text);
    expect(turn.delta.collected).toEqual(changed);
    expect(turn.delta.rejected).toEqual([]);
    expect(turn.text).not.toContain('stays as it was');
  });

  it('shows the summary again after a correction, and waits for a yes again', async () => {
    const turn = await play(leave, { ...atSummary, collected: filledLeave }).say('no, 7 days');
    expect(turn.text).toContain('Changed **Working days**: 5 → 7');
    expect(turn.text).toContain('- Working days: 7');
    expect(turn.suggestedInput).toEqual({ type: 'confirmation' });
  });

  it.each([
    ['actually the email is x@y.example', { contactEmail: 'x@y.example' }],
    ['phone: +44 20 7946 0123', { contactPhone: '+44 20 7946 0123' }],
    [
      'change the legal name to Acme Industries Inc. and the payment term to 60',
      { legalName: 'Acme Industries Inc.', paymentTermDays: 60 },
    ],
    ['website is acme.example', { website: 'https://acme.example' }],
  ])('of other steps than the current one: %s', async (text, changed) => {
    const collected = { ...filledVendor, handlesPersonalData: true };
    const turn = await play(vendor, { ...atSummary, collected }).say(text);
    expect(turn.delta.collected).toEqual(changed);
    expect(turn.suggestedInput).toMatchObject({ type: 'choice', field: 'dataRegion' });
  });

  it('asks for a required field again if a correction names no new value', async () => {
    const conversation = play(leave, { ...atSummary, collected: filledLeave });
    const asked = await conversation.say('the first day is wrong');
    expect(asked.text).toContain("Let's change **First day off** (it was: Monday 7 December 2026)");
    expect(asked.suggestedInput).toMatchObject({ field: 'from' });
    expect((await conversation.say('8 December')).suggestedInput).toEqual({ type: 'confirmation' });
  });

  it('says why a correction does not fit, and keeps what was there', async () => {
    const turn = await play(leave, { ...atSummary, collected: filledLeave }).say('change the days to 99');
    expect(turn.delta.stateChanged).toBe(false);
    expect(turn.text).toContain('**Working days** stays as it was: 99 is too high: the highest is 60.');
  });

  it('asks what to change after a no', async () => {
    for (const text of ['no', 'nope', 'not quite', "that's wrong", 'I want to change something']) {
      const turn = await play(leave, { ...atSummary, collected: filledLeave }).say(text);
      expect(turn.text, text).toContain('What should I change?');
      expect(turn.delta, text).toMatchObject({ stateChanged: false, action: 'ask' });
    }
  });

  it('takes only a whole agreement for a yes', async () => {
    for (const text of [
      'yes',
      'Yes, all correct',
      'ok',
      'looks good to me',
      'go ahead',
      "that's right, thanks",
      '👍',
    ]) {
      expect((await play(leave, { ...atSummary, collected: filledLeave }).say(text)).status, text).toBe(
        'completed',
      );
    }
    for (const text of ['yes, but not the date', 'is it right?', 'banana', 'not ok', 'good question']) {
      expect((await play(leave, { ...atSummary, collected: filledLeave }).say(text)).status, text).toBe(
        'active',
      );
    }
  });
});

describe('several values in one message', () => {
  it('are all taken where form, unit or label leave no doubt', async () => {
    expect((await playAll(play(leave), 'from next Monday for 5 days')).collected).toEqual({
      from: '2026-11-16',
      days: 5,
    });
    expect((await playAll(play(leave), 'for 5 working days')).collected, 'a duration is no date').toEqual({
      days: 5,
    });
    const contact = play(vendor, {
      turnCount: 3,
      collected: { legalName: 'Acme', legalForm: 'partnership' },
    });
    expect(
      (await contact.say('email is a@b.example and the phone is +44 20 7946 0123')).delta.collected,
    ).toEqual({
      contactEmail: 'a@b.example',
      contactPhone: '+44 20 7946 0123',
    });
    expect((await contact.say('Jo Black')).delta.collected).toEqual({ contactName: 'Jo Black' });
  });

  it('are taken from pasted lines', async () => {
    const turn = await playAll(
      play(vendor),
      'Legal name: Acme, Inc.\nLegal form: partnership\nContact name: Jo Black\nContact email: jo@acme.example',
    );
    expect(turn.collected).toEqual({
      legalName: 'Acme, Inc.',
      legalForm: 'partnership',
      contactName: 'Jo Black',
      contactEmail: 'jo@acme.example',
    });
  });

  it.each([
    [
      'from 24 december for 5 days, annual leave, covered by Ann Lee',
      { from: '2026-12-24', days: 5, kind: 'annual leave', coveredBy: 'Ann Lee' },
    ],
    [
      '24 december, covered by Ann Lee, sick leave, thanks',
      { from: '2026-12-24', kind: 'sick leave', coveredBy: 'Ann Lee' },
    ],
    ['24 december and I am covered by Ann Carter.', { from: '2026-12-24', coveredBy: 'Ann Carter' }],
    ['24 december, working days 5', { from: '2026-12-24', days: 5 }],
  ])('are taken from clauses that stand for themselves: %s', async (text, collected) => {
    const turn = await play(leave, { turnCount: 1 }).say(text);
    expect(turn.collected).toEqual(collected);
  });

  it('are all asked again beside a clause that may continue them, or be about something else', async () => {
    for (const text of [
      '24 december, covered by Lee, Ann',
      '24 december, right before my annual leave',
      '24 december, other',
      '24 december, note the time',
    ]) {
      const turn = await play(leave, { turnCount: 1 }).say(text);
      expect(turn.collected, text).toEqual({});
      expect(turn.text, text).toMatch(/I understood .*Thursday 24 December 2026.*, but not “/);
    }
  });

  it('are not guessed where two fields have the same choice', async () => {
    const level = { type: 'string', enum: ['high', 'low'] };
    const workflow = workflowFromJson({
      id: 'levels',
      version: 1,
      title: 'Levels',
      steps: [
        {
          id: 'only',
          title: 'Only',
          collects: {
            type: 'object',
            properties: { day: { type: 'string', format: 'date' }, urgency: level, impact: level },
            required: ['day', 'urgency', 'impact'],
          },
        },
        {
          id: 'later',
          title: 'Later',
          collects: {
            type: 'object',
            properties: { colour: { type: 'string', enum: ['red', 'blue'] } },
            required: ['colour'],
          },
        },
      ],
    });
    const turn = await play(workflow, { turnCount: 1 }).say('24 december, high, red');
    expect(turn.collected).toEqual({});
    expect(turn.text).toContain('but not “high”');
    const clear = await play(workflow, { turnCount: 1 }).say('24 december, red');
    expect(clear.collected).toEqual({ day: '2026-12-24', colour: 'red' });
  });

  it('are taken beside a value that is labelled', async () => {
    const collected = { headline: 'Search is slow', service: 'search', startedAt: '2026-11-12T10:20:00Z' };
    const impact = () => play(incident, { collected, turnCount: 3 });
    expect((await impact().say('severity is high actually, 3 users')).delta.collected).toEqual({
      severity: 'high',
      usersAffected: 3,
    });
    const unclear = await impact().say('severity is high actually, 3');
    expect(unclear.delta.collected).toEqual({});
    expect(unclear.text).toContain('I understood high, but not “3”');
  });

  it('are taken off the end of a name if their kind is named', async () => {
    expect((await play(vendor, { turnCount: 1 }).say('Acme Ltd, a limited company')).collected).toEqual({
      legalName: 'Acme Ltd',
      legalForm: 'limited company',
    });
    for (const legalName of [
      'Smith, Partnership',
      'Acme and a partnership',
      'A Partnership',
      'Acme, a company',
    ]) {
      expect((await play(vendor, { turnCount: 1 }).say(legalName)).collected).toEqual({ legalName });
    }
  });

  it('are never guessed: a date that is asked for is no phone number, a number no date', async () => {
    const collected = {
      legalName: 'Acme',
      legalForm: 'partnership',
      contactName: 'Jo',
      contactEmail: 'a@b.example',
    };
    const terms = play(vendor, { turnCount: 5, collected });
    const ambiguous = await terms.say('03/04/2027');
    expect(ambiguous.delta.collected).toEqual({});
    expect(ambiguous.offers).toEqual(['2027-03-04', '2027-04-03']);
    expect((await terms.say('1500000')).delta.collected).toEqual({});
    expect((await terms.say('as soon as possible')).delta.collected).toEqual({});
  });

  it('are for the current step only, unless the first message brings them or they are labelled', async () => {
    const answer = 'sick leave from 7 December';
    expect((await play(leave, { turnCount: 1 }).say(answer)).collected).toEqual({});
    expect((await play(leave).say(answer)).collected).toEqual({ from: '2026-12-07', kind: 'sick leave' });
    // Leave after a sick leave is no sick leave.
    expect((await play(leave).say('7 December, right after my sick leave')).collected).toEqual({});
    expect((await play(leave, { turnCount: 1 }).say('7 December, kind: sick')).collected).toEqual({
      from: '2026-12-07',
      kind: 'sick leave',
    });
  });

  it('never cost the asked field its own words', async () => {
    const headline = 'Search is slow, the service is unreachable since 3 December and 500 users complain';
    expect((await playAll(play(incident), headline)).collected).toEqual({ headline });
    const name = 'Bread and Butter, Email and Co';
    expect((await playAll(play(vendor), name)).collected).toEqual({ legalName: name });
  });
});

describe('a card', () => {
  it('gives values for declared fields, read from text where needed, and nothing else', async () => {
    const turn = await play(leave).send({
      type: 'cardAction',
      cardId: 'card-1.1',
      action: { type: 'Action.Submit', name: null },
      data: { from: '2026-12-07', days: '5', startsAtNoon: 'true', note: '', stranger: 'x' },
    });
    expect(turn.collected).toEqual({ from: '2026-12-07', days: 5, startsAtNoon: true });
    expect(turn.delta.ignored).toEqual([]);
  });

  it('is answered with the values that do not fit', async () => {
    const turn = await play(leave, { turnCount: 1 }).send({
      type: 'cardAction',
      cardId: 'card-1.1',
      action: { type: 'Action.Submit', name: null },
      data: { from: '2026-12-07', days: 99 },
    });
    expect(turn.collected).toEqual({ from: '2026-12-07' });
    expect(turn.text).toContain('99 is too high');
  });
});
