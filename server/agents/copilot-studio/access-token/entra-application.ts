import type { PowerPlatformCloud } from '@microsoft/agents-copilotstudio-client';

/** The application registered in Microsoft Entra ID that requests the tokens. */
export interface EntraApplication {
  /** Requests tokens in its own name, or on behalf of the signed-in user (OAuth 2.0 On-Behalf-Of). */
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

/**
 * The authority that issues tokens for each cloud of Power Platform; null if it is not public. GCC (Gov) signs in
 * worldwide.
 */
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
