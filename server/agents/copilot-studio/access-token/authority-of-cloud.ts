import type { PowerPlatformCloud } from '@microsoft/agents-copilotstudio-client';

export type CloudName = Exclude<keyof typeof PowerPlatformCloud, 'Unknown' | 'Other'>;

const worldwide = 'https://login.microsoftonline.com';
const usGovernment = 'https://login.microsoftonline.us';
const china = 'https://login.partner.microsoftonline.cn';

/** Where the tokens for a cloud of Power Platform come from; null where that is not public. GCC (Gov) signs in worldwide. */
export const authorityOfCloud: Readonly<Record<CloudName, string | null>> = {
  Prod: worldwide,
  FirstRelease: worldwide,
  Gov: worldwide,
  GovFR: worldwide,
  High: usGovernment,
  DoD: usGovernment,
  Mooncake: china,
  Ex: null,
  Rx: null,
  Exp: worldwide,
  Dev: worldwide,
  Test: worldwide,
  Preprod: worldwide,
  Prv: worldwide,
  Local: worldwide,
};
