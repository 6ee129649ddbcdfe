import { describe, expect, it } from 'vitest';
import { answer, suggested } from './support/answer.ts';
import type { Answer } from './support/answer.ts';
import { startChatServer } from './support/chat-server.ts';
import { downloadedFrom } from './support/downloaded-from.ts';
import { inBrowser } from './support/in-browser.ts';

interface Walk {
  readonly title: string;
  readonly answers: readonly Answer[];
  /** What is in the downloaded JSON. */
  readonly collected: Readonly<Record<string, unknown>>;
}

const vendorOnboarding: Walk = {
  title: 'Vendor onboarding',
  answers: [
    { by: 'words', words: 'Smith and Sons Ltd', label: 'Legal name' },
    { by: 'button', name: 'limited company', label: 'Legal form' },
    { by: 'words', words: 'Maria Lopez', label: 'Contact name' },
    { by: 'words', words: 'maria@smith.example', label: 'Contact email' },
    { by: 'date', value: '2027-04-03', label: 'Start date' },
    { by: 'number', value: '1500000', label: 'Yearly spend (EUR)' },
    { by: 'number', value: '30', label: 'Payment term (days)' },
    { by: 'button', name: 'Yes', label: 'Handles personal data' },
    { by: 'button', name: 'United Kingdom', label: 'Data region' },
    { by: 'button', name: 'No', label: 'Processing agreement signed' },
  ],
  collected: {
    legalName: 'Smith and Sons Ltd',
    legalForm: 'limited company',
    contactName: 'Maria Lopez',
    contactEmail: 'maria@smith.example',
    startDate: '2027-04-03',
    yearlySpend: 1_500_000,
    paymentTermDays: 30,
    handlesPersonalData: true,
    dataRegion: 'United Kingdom',
    hasProcessingAgreement: false,
  },
};

const incidentIntake: Walk = {
  title: 'Incident intake',
  answers: [
    { by: 'words', words: 'Checkout is down for everyone', label: 'Headline' },
    { by: 'button', name: 'checkout', label: 'Service' },
    { by: 'date-time', value: '2026-03-02T09:15', label: 'Started at' },
    { by: 'button', name: 'critical', label: 'Severity' },
    { by: 'number', value: '1500', label: 'Users affected' },
    { by: 'button', name: 'Yes', label: 'Still going on' },
    { by: 'words', words: 'https://chat.example.com/inc-42', label: 'Channel link' },
    { by: 'button', name: 'No', label: 'On the status page' },
    { by: 'words', words: 'Sam Okafor', label: 'Reporter name' },
    { by: 'words', words: '+44 20 7946 0123', label: 'Callback number' },
  ],
  collected: {
    headline: 'Checkout is down for everyone',
    service: 'checkout',
    startedAt: '2026-03-02T09:15:00Z',
    severity: 'critical',
    usersAffected: 1_500,
    isOngoing: true,
    channelLink: 'https://chat.example.com/inc-42',
    isOnStatusPage: false,
    reporterName: 'Sam Okafor',
    callbackNumber: '+44 20 7946 0123',
  },
};

const leaveRequest: Walk = {
  title: 'Leave request',
  answers: [
    { by: 'date', value: '2027-07-05', label: 'First day off' },
    { by: 'number', value: '10', label: 'Working days' },
    { by: 'button', name: 'annual leave', label: 'Kind of leave' },
    { by: 'words', words: 'Priya Raman', label: 'Covered by' },
  ],
  collected: { from: '2027-07-05', days: 10, kind: 'annual leave', coveredBy: 'Priya Raman' },
};

describe('every shipped workflow, answered with the controls that the page offers', () => {
  for (const { title, answers, collected } of [vendorOnboarding, incidentIntake, leaveRequest])
    it(
      `${title}: from the start page to the summary and its JSON`,
      inBrowser(async ({ open, keep }) => {
        const server = keep(await startChatServer());
        const chat = await open(server.url);
        await chat.start(title);
        expect(await chat.progress.getAttribute('value')).toBe('0');
        for (const how of answers) await answer(chat, how);
        await suggested(chat, 'Yes').click();

        await chat.summary.getByRole('heading', { name: `${title} is complete` }).waitFor();
        expect(await chat.box.count()).toBe(0);
        const { name, content } = await downloadedFrom(chat);
        expect(name).toMatch(/\.json$/);
        expect(content).toMatchObject({ collected });

        await chat.summary.getByRole('link', { name: 'All conversations' }).click();
        await chat
          .region('Finished')
          .getByRole('link', { name: `View ${title}` })
          .click();
        await chat.summary.waitFor();
      }),
    );
});
