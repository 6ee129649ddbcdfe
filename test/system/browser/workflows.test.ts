import { describe, it } from 'vitest';
import { walkThrough } from './support/walk-through.ts';
import type { Walk } from './support/walk-through.ts';

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

describe('a shipped workflow, answered with the controls that the page offers', () => {
  for (const walk of [vendorOnboarding, incidentIntake])
    it(`${walk.title}: from the start page to the summary and its JSON`, walkThrough(walk));
});
