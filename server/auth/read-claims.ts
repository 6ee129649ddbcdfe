/**
 * From a verified token's claims to a caller: pure, and the only place that knows how an issuer's claims are mapped.
 */
import { ownProperty } from '../domain/json.ts';
import type { Role } from '../orchestrator/ports/authenticator.ts';
import { identityPart } from './identity-part.ts';

/** The names that lead to a claim: `['realm_access', 'roles']`. */
export type ClaimPath = readonly [string, ...string[]];

export interface ClaimMapping {
  /** The tenant of all callers, or the claim that names it. */
  readonly tenant:
    | { readonly kind: 'fixed'; readonly name: string }
    | { readonly kind: 'claim'; readonly path: ClaimPath };
  /** The tenants that this issuer may speak for. @default all */
  readonly allowedTenants: readonly string[] | null;
  /** The claim that is the same for a user for ever, and never given to another one. */
  readonly user: ClaimPath;
  /** The claim that lists roles, and the roles that its values stand for; null makes every caller a user. */
  readonly roles: { readonly path: ClaimPath; readonly roleOf: ReadonlyMap<string, Role> } | null;
}

export type ClaimedCaller =
  | {
      readonly kind: 'caller';
      readonly tenant: string;
      readonly subject: string;
      readonly roles: readonly Role[];
    }
  | { readonly kind: 'no-tenant' }
  | { readonly kind: 'no-user' }
  | { readonly kind: 'tenant-not-allowed' };

/** A subject has at most 255 characters (OpenID Connect Core 1.0, 2); other claims may be somewhat longer. */
const mostSubjectChars = 1_000;

export function readClaims(claims: unknown, mapping: ClaimMapping): ClaimedCaller {
  const tenant = identityPart.safeParse(
    mapping.tenant.kind === 'fixed' ? mapping.tenant.name : claimAt(claims, mapping.tenant.path),
  );
  if (!tenant.success) return { kind: 'no-tenant' };
  if (mapping.allowedTenants !== null && !mapping.allowedTenants.includes(tenant.data))
    return { kind: 'tenant-not-allowed' };
  const subject = claimAt(claims, mapping.user);
  if (typeof subject !== 'string' || !isSubject(subject)) return { kind: 'no-user' };
  return { kind: 'caller', tenant: tenant.data, subject, roles: rolesIn(claims, mapping.roles) };
}

/** Returns true for a text that can name a user. */
export function isSubject(text: string): boolean {
  return text !== '' && text.length <= mostSubjectChars && text.isWellFormed();
}

function claimAt(claims: unknown, path: ClaimPath): unknown {
  return path.reduce<unknown>((value, name) => ownProperty(value, name), claims);
}

/** The roles of a list of texts, or of one text with spaces between them, as `scope` has it. */
function rolesIn(claims: unknown, mapping: ClaimMapping['roles']): readonly Role[] {
  if (mapping === null) return ['user'];
  const claim = claimAt(claims, mapping.path);
  const names: readonly unknown[] =
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  const roles = names.flatMap((name) => (typeof name === 'string' ? (mapping.roleOf.get(name) ?? []) : []));
  return [...new Set(roles)];
}
