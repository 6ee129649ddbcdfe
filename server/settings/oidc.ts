import { z } from 'zod';
import type { TrustedIssuer } from '../auth/oidc-authenticator.ts';
import type { ClaimPath } from '../auth/read-claims.ts';
import { isTrustedUrl } from '../auth/trusted-url.ts';
import { signatureAlgorithms } from '../auth/verify-token.ts';
import type { Role } from '../orchestrator/ports/authenticator.ts';
import { list, readOrFault, wholeNumber } from './values.ts';

const roles = ['user', 'service', 'operator', 'auditor'] as const satisfies readonly Role[];

/** An issuer as its tokens write it: compared as a text, so it is not normalized. */
const issuerUrl = z
  .string()
  .refine(
    (value) => isTrustedUrl(value) && !/[?#]/.test(value),
    'must be the issuer as its tokens name it, an https:// URL (http:// on loopback only), without ? or #',
  );

const names = list.refine((given) => given.every((name) => name !== ''), 'must be a comma-separated list');

const claimMessage =
  'must be a claim like tid, realm_access.roles, https://example.com/tenant or ["a.b","roles"]';

/** A claim's name; dots lead into objects, except in a URL, which is one name. A JSON array allows any name. */
const claimPath = z.string().transform((text, context) => readOrFault(context, () => readPath(text)));

function readPath(text: string): ClaimPath {
  const isUrl = text.includes('://') && !text.startsWith('[');
  const path: unknown = text.startsWith('[')
    ? parseJson(text, claimMessage)
    : isUrl
      ? [text]
      : text.split('.');
  const read = z.tuple([z.string().min(1)], z.string().min(1)).safeParse(path);
  if (!read.success) throw new Error(claimMessage);
  return read.data;
}

/** `App.User=user,App.Service=service` */
const roleNames = z
  .string()
  .transform((text, context) => readOrFault(context, () => text.split(',').map(readRole)));

function readRole(entry: string): [name: string, role: Role] {
  // A value of the claim may hold a "=" itself.
  const [, name = '', given] = /^\s*(.+?)\s*=\s*([^=]+?)\s*$/.exec(entry) ?? [];
  const role = roles.find((each) => each === given);
  if (role !== undefined) return [name, role];
  throw new Error(
    `must list values of the claim and their roles, like App.User=user,App.Service=service; roles are ${roles.join(', ')}`,
  );
}

const algorithms = list.transform((names, context) =>
  readOrFault(context, () =>
    names.map((given) => {
      const algorithm = signatureAlgorithms.find((each) => each === given);
      if (algorithm !== undefined) return algorithm;
      throw new Error(`must list algorithms of ${signatureAlgorithms.join(', ')}`);
    }),
  ),
);

/** One entry of OIDC_ISSUERS: the variables of one issuer, by name. */
const issuerEntry = z.strictObject({
  issuer: issuerUrl,
  audience: names,
  tenant: z.string().min(1).max(128).optional(),
  tenantClaim: claimPath.optional(),
  allowedTenants: names.optional(),
  userClaim: claimPath.prefault('sub'),
  rolesClaim: claimPath.optional(),
  roles: roleNames.optional(),
});
type IssuerEntry = z.output<typeof issuerEntry>;

const issuers = z.string().transform((text, context) => readOrFault(context, () => readIssuers(text)));

const issuersMessage =
  'must be a JSON array of objects with issuer, audience and either tenant or tenantClaim; allowedTenants, userClaim, ' +
  'rolesClaim and roles are optional (docs/identity.md)';

function readIssuers(text: string): readonly IssuerEntry[] {
  const read = z.array(issuerEntry).min(1).safeParse(parseJson(text, issuersMessage));
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = issue?.path.join('.') ?? '';
    throw new Error(place === '' ? issuersMessage : `${issuersMessage}: ${place} ${issue?.message ?? ''}`);
  }
  for (const entry of read.data) {
    const fault = entryFault(entry, read.data);
    if (fault !== null) throw new Error(fault);
  }
  return read.data;
}

function parseJson(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(message, { cause });
  }
}

function entryFault(entry: IssuerEntry, all: readonly IssuerEntry[]): string | null {
  const { issuer, tenant, tenantClaim, allowedTenants } = entry;
  if ((tenant === undefined) === (tenantClaim === undefined))
    return `must give ${issuer} either a tenant or a tenantClaim`;
  if (entry.roles !== undefined && entry.rolesClaim === undefined)
    return `must give ${issuer} the rolesClaim that its roles are values of`;
  if (all.filter((other) => other.issuer === issuer).length > 1) return `must list ${issuer} once`;
  if (all.length > 1 && tenantClaim !== undefined && allowedTenants === undefined)
    return `must list the allowedTenants of ${issuer}, which could speak for the tenants of the others without them`;
  return null;
}

/** The OpenID providers whose tokens are trusted. */
export const oidcVariables = {
  OIDC_ISSUER: issuerUrl
    .optional()
    .describe(
      'With `AUTH_MODE=oidc`: the OpenID provider, as the `iss` of its tokens names it. Its keys are found by discovery',
    ),
  OIDC_AUDIENCE: names
    .optional()
    .describe('The `aud` of the access tokens for this server; several by comma, any of which is good'),
  OIDC_TENANT: z
    .string()
    .max(128, 'must have at most 128 characters')
    .optional()
    .describe('The tenant of all users, where the tokens name none'),
  OIDC_TENANT_CLAIM: claimPath
    .optional()
    .describe('The claim that names the tenant: `tid`, `org_id`, `https://example.com/tenant`, `company.id`'),
  OIDC_USER_CLAIM: claimPath
    .prefault('sub')
    .describe('The claim that names the user, the same for ever and never given to another: `sub`, `oid`'),
  OIDC_ROLES_CLAIM: claimPath
    .optional()
    .describe('The claim that lists roles: `roles`, `realm_access.roles`. Unset: every caller is a user'),
  OIDC_ROLES: roleNames
    .optional()
    .describe(
      'Values of that claim and their roles: `App.User=user,App.Service=service`. By default a role is called by its own name',
    ),
  OIDC_ISSUERS: issuers
    .optional()
    .describe(
      'Several issuers, as JSON, in place of the variables above ([how](docs/identity.md#several-issuers))',
    ),
  OIDC_ALGORITHMS: algorithms
    .prefault('RS256,PS256,ES256,EdDSA')
    .describe('The algorithms that a token may be signed with'),
  OIDC_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 600)
    .prefault('60')
    .describe('How far the clocks of an issuer and of this server may be apart'),
};

export type OidcValues = z.output<z.ZodObject<typeof oidcVariables>>;

/** The issuers of valid variables; empty where none is set. */
export function trustedIssuersOf(values: OidcValues): readonly TrustedIssuer[] {
  return (values.OIDC_ISSUERS ?? singleIssuerOf(values)).map(
    ({ issuer, audience, tenant, tenantClaim, allowedTenants, userClaim, rolesClaim, roles: given }) => ({
      issuer,
      audiences: audience,
      algorithms: values.OIDC_ALGORITHMS,
      clockToleranceSeconds: values.OIDC_CLOCK_TOLERANCE_SECONDS,
      claims: {
        tenant:
          tenantClaim === undefined
            ? { kind: 'fixed', name: tenant ?? '' }
            : { kind: 'claim', path: tenantClaim },
        allowedTenants: allowedTenants ?? null,
        user: userClaim,
        roles:
          rolesClaim === undefined
            ? null
            : { path: rolesClaim, roleOf: new Map(given ?? roles.map((role) => [role, role])) },
      },
    }),
  );
}

function singleIssuerOf(values: OidcValues): IssuerEntry[] {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = values;
  if (issuer === undefined || audience === undefined) return [];
  return [
    {
      issuer,
      audience,
      tenant: values.OIDC_TENANT,
      tenantClaim: values.OIDC_TENANT_CLAIM,
      userClaim: values.OIDC_USER_CLAIM,
      rolesClaim: values.OIDC_ROLES_CLAIM,
      roles: values.OIDC_ROLES,
    },
  ];
}
