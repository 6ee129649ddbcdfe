/** Values that the shipped workflows accept, for conversations that begin in the middle. */
export const vendorUpToTerms = {
  legalName: 'Acme',
  legalForm: 'partnership',
  contactName: 'Maria',
  contactEmail: 'm@a.example',
  startDate: '2027-05-01',
  yearlySpend: 5,
  paymentTermDays: 7,
};

export const severeIncident = {
  headline: 'Search is slow',
  service: 'search',
  startedAt: '2026-11-12T10:20:00Z',
  severity: 'high',
  usersAffected: 3,
  isOngoing: false,
  channelLink: 'https://chat.example.com/a',
  isOnStatusPage: true,
  reporterName: 'Sam',
  callbackNumber: '+44 20 7946 0123',
};
