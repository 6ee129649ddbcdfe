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
