import type { PowerPlatformCloud } from '@microsoft/agents-copilotstudio-client';

/** The application registered in Microsoft Entra ID that asks for the tokens, and in whose name it does. */
export interface EntraApplication {
  /** As itself, or on behalf of the signed-in user (OAuth 2.0 On-Behalf-Of). */
  readonly mode: 'client-credentials' | 'on-behalf-of';
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The authority's origin, https. */
  readonly authority: string;
}

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
