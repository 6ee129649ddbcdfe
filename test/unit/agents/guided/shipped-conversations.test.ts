import { describe, expect, it } from 'vitest';
import { severeIncident } from './filled-fields.ts';
import { incident, leave, play, playAll, vendor } from './play.ts';

describe('a whole conversation with the guided agent', () => {
  it('fills in a leave request from everyday sentences', async () => {
    const conversation = play(leave);
    const reviewed = await playAll(conversation, 'from next Monday for 5 days', 'annual', "it's Dana Levi");
    expect(reviewed.text).toContain('- First day off: Monday 16 November 2026');
    expect(reviewed.suggestedInput).toEqual({ type: 'confirmation' });
    const done = await conversation.say('looks good, thanks!');
    expect(done.status).toBe('completed');
    expect(done.text).toContain('All done');
    expect(done.collected).toEqual({
      from: '2026-11-16',
      days: 5,
      kind: 'annual leave',
      coveredBy: 'Dana Levi',
    });
  });

  it('fills in a vendor onboarding whose data protection step applies', async () => {
    const done = await playAll(
      play(vendor),
      'The company is called Smith and Sons Ltd',
      'limited',
      'Maria Lopez, maria@acme.example, +34 600 123 456',
      '3 April 2027',
      'about 1.5 million',
      'thirty days',
      'yep',
      'the UK',
      'not yet',
      'yes',
    );
    expect(done.status).toBe('completed');
    expect(done.progress).toMatchObject({ totalSteps: 5, percentComplete: 100 });
    expect(done.collected).toEqual({
      legalName: 'Smith and Sons Ltd',
      legalForm: 'limited company',
      contactName: 'Maria Lopez',
      contactEmail: 'maria@acme.example',
      contactPhone: '+34 600 123 456',
      startDate: '2027-04-03',
      yearlySpend: 1_500_000,
      paymentTermDays: 30,
      handlesPersonalData: true,
      dataRegion: 'United Kingdom',
      hasProcessingAgreement: false,
    });
  });

  it('leaves the data protection step out where it does not apply', async () => {
    const done = await playAll(
      play(vendor),
      'Acme Industries Inc.',
      '3',
      'my name is John Doe',
      'you can write to john@acme.example',
      'first of January 2027',
      '€20,000',
      '45',
      'nope',
      'confirm',
    );
    expect(done.status).toBe('completed');
    expect(done.progress.totalSteps).toBe(4);
    expect(done.collected).toMatchObject({
      legalName: 'Acme Industries Inc.',
      legalForm: 'sole trader',
      contactName: 'John Doe',
      contactEmail: 'john@acme.example',
      startDate: '2027-01-01',
      yearlySpend: 20_000,
      paymentTermDays: 45,
      handlesPersonalData: false,
    });
  });

  it('fills in an incident, critical enough to be announced', async () => {
    const done = await playAll(
      play(incident),
      'Checkout is down for everyone, 500 errors',
      'the checkout',
      '10 minutes ago',
      'crit',
      'about 1,500',
      'yes, still',
      'chat.example.com/inc-42',
      'not yet',
      "I'm Sam",
      'my number is +44 20 7946 0123',
      'submit',
    );
    expect(done.status).toBe('completed');
    expect(done.collected).toEqual({
      headline: 'Checkout is down for everyone, 500 errors',
      service: 'checkout',
      startedAt: '2026-11-12T10:20:00Z',
      severity: 'critical',
      usersAffected: 1_500,
      isOngoing: true,
      channelLink: 'https://chat.example.com/inc-42',
      isOnStatusPage: false,
      reporterName: 'Sam',
      callbackNumber: '+44 20 7946 0123',
    });
  });

  it('drops the announcement when the severity is corrected, and says so in the summary', async () => {
    const conversation = play(incident, {
      turnCount: 9,
      collected: severeIncident,
    });
    const before = await conversation.say('summary');
    expect(before.text).toContain('Channel link');
    const after = await conversation.say('severity should be medium');
    expect(after.text).toContain('Changed **Severity**: high → medium');
    expect(after.text).not.toContain('Channel link');
    expect(after.suggestedInput.type).toBe('confirmation');
    expect((await conversation.say('yes')).status).toBe('completed');
  });

  it('asks for the announcement when a correction makes the incident severe', async () => {
    const conversation = play(incident, {
      turnCount: 7,
      collected: {
        headline: 'Search is slow',
        service: 'search',
        startedAt: '2026-11-12T10:20:00Z',
        severity: 'low',
        usersAffected: 3,
        isOngoing: false,
        reporterName: 'Sam',
        callbackNumber: '+44 20 7946 0123',
      },
    });
    const turn = await conversation.say('no, make it critical');
    expect(turn.progress).toMatchObject({ currentStep: 'communication', stepNumber: 3, totalSteps: 5 });
    expect(turn.text).toContain('Step 3 of 5: Communication');
    expect(turn.suggestedInput).toMatchObject({ field: 'channelLink' });
  });
});
