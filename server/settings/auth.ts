import { z } from 'zod';
import type { TrustedIssuer } from '../auth/oidc-authenticator.ts';
import type { PageSettings } from '../auth/page-sign-in.ts';
import { isLoopback } from '../domain/web-address.ts';
import { coreVariables } from './core.ts';
import { crossRules, demanded } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { oidcVariables, trustedIssuersOf } from './oidc.ts';
import { durationMs, list, matching, word } from './values.ts';

/** The callers, and how the server comes to know them. */
export const authVariables = {
  AUTH_MODE: word(['dev', 'oidc'])
    .prefault('dev')
    .describe(
      '`oidc` verifies access tokens of an OpenID provider ([how](docs/identity.md)). `dev` believes the x-dev-user and ' +
        'x-dev-tenant headers: loopback only, never in production',
    ),
  AUTH_TIMEOUT_MS: durationMs(1)
    .prefault('5000')
    .describe('The time to find out who calls; then the call fails with AUTHENTICATION_UNAVAILABLE'),
  ...oidcVariables,
  ALLOWED_TENANTS: list
    .optional()
    .describe('Comma-separated tenants whose users may call; others get TENANT_NOT_ALLOWED. By default all'),
  USER_ID_SECRET: matching(
    /^.{32,}$/,
    'must be a secret of at least 32 characters: openssl rand -base64 32 makes one',
  )
    .optional()
    .describe(
      'At least 32 random characters that all servers share. Users are stored under ids keyed with it, so it must stay: with ' +
        'another one, nobody finds their conversations again',
    ),
  SIGN_IN_CLIENT_ID: z
    .string()
    .optional()
    .describe(
      'The chat page as a public client of the (first) issuer: its users sign in there, by authorization code with PKCE',
    ),
  SIGN_IN_SCOPE: z
    .string()
    .prefault('openid profile offline_access')
    .describe('The scope that the page asks for; with the one of the API where the provider has one'),
  SIGN_IN_PARAMETERS: z
    .string()
    .optional()
    .describe(
      'Parameters that the provider wants besides, as a query: `audience=https://turnkeeper.example/api`',
    ),
};

/** How callers are identified. */
export type AuthSettings =
  | { readonly mode: 'dev' }
  | {
      readonly mode: 'oidc';
      readonly issuers: readonly TrustedIssuer[];
      readonly userIdSecret: string;
      /** Null: nobody signs in on the chat page. */
      readonly page: PageSettings | null;
    };

const { NODE_ENV, HOST } = coreVariables;
const variables = z.object({ ...authVariables, NODE_ENV, HOST });
type AuthValues = z.output<typeof variables>;

/** `authVariables` with the names and units that the code uses. */
export const authSettings = variables.check(crossRules(rules)).transform((values) => ({
  auth: authOf(values),
  authTimeoutMs: values.AUTH_TIMEOUT_MS,
  /** Null: all. */
  allowedTenants: values.ALLOWED_TENANTS ?? null,
}));

function authOf(values: AuthValues): AuthSettings {
  if (values.AUTH_MODE === 'dev') return { mode: 'dev' };
  const issuers = trustedIssuersOf(values);
  return {
    mode: 'oidc',
    issuers,
    userIdSecret: demanded(values.USER_ID_SECRET),
    page: pageOf(demanded(issuers[0]).issuer, values),
  };
}

function pageOf(issuer: string, values: AuthValues): PageSettings | null {
  const { SIGN_IN_CLIENT_ID: clientId, SIGN_IN_SCOPE: scope, SIGN_IN_PARAMETERS: parameters } = values;
  if (clientId === undefined) return null;
  return { issuer, clientId, scope, parameters: Object.fromEntries(new URLSearchParams(parameters)) };
}

const whatOidcNeeds =
  'OIDC_ISSUER, OIDC_AUDIENCE, OIDC_TENANT or OIDC_TENANT_CLAIM, and USER_ID_SECRET (docs/identity.md)';

function rules(given: GivenVariables<AuthValues>): void {
  const { valid, fault } = given;
  if (valid.AUTH_MODE === 'oidc') oidcRules(given);
  if (valid.AUTH_MODE !== 'dev') return;
  if (valid.NODE_ENV === 'production') {
    fault(
      'AUTH_MODE',
      'must not be dev when NODE_ENV is production: it believes whatever user the caller claims to be. Set it to oidc, with ' +
        whatOidcNeeds,
    );
  }
  if (valid.HOST !== undefined && !isLoopback(valid.HOST)) {
    fault(
      'HOST',
      'must be a loopback address (127.0.0.1, ::1 or localhost) while AUTH_MODE is dev, which believes whatever user ' +
        'the caller claims to be',
    );
  }
}

function oidcRules({ isSet, fault }: GivenVariables<AuthValues>): void {
  if (isSet('SIGN_IN_PARAMETERS') && !isSet('SIGN_IN_CLIENT_ID'))
    fault('SIGN_IN_PARAMETERS', 'must come with SIGN_IN_CLIENT_ID, the client that they are sent for');
  if (!isSet('USER_ID_SECRET')) {
    fault(
      'USER_ID_SECRET',
      'must be set when AUTH_MODE is oidc, to the same 32 or more random characters on every server: openssl rand -base64 32 ' +
        'makes one',
    );
  }
  if (isSet('OIDC_ISSUERS')) {
    const single = [
      ...(['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_TENANT', 'OIDC_TENANT_CLAIM'] as const),
      ...(['OIDC_ROLES_CLAIM', 'OIDC_ROLES'] as const),
    ];
    for (const name of single)
      if (isSet(name))
        fault(name, 'must not be set together with OIDC_ISSUERS, which has it for each issuer');
    return;
  }
  if (!isSet('OIDC_ISSUER')) {
    fault('OIDC_ISSUER', `must be set when AUTH_MODE is oidc, which needs ${whatOidcNeeds}`);
    return;
  }
  if (!isSet('OIDC_AUDIENCE'))
    fault('OIDC_AUDIENCE', 'must be set: a token that was made for another service must not be good here');
  if (isSet('OIDC_TENANT') === isSet('OIDC_TENANT_CLAIM')) {
    fault(
      'OIDC_TENANT_CLAIM',
      'or OIDC_TENANT must be set, and not both: the claim that names the tenant, or one tenant for all users',
    );
  }
  if (isSet('OIDC_ROLES') && !isSet('OIDC_ROLES_CLAIM'))
    fault('OIDC_ROLES', 'must come with OIDC_ROLES_CLAIM, the claim that its names are values of');
}
