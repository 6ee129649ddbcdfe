/**
 * The authenticator for real users: it verifies the access tokens of OpenID providers (decision 74).
 *
 * The job: from a request's headers to a caller, or to the reason why there is none. The boundary: `verify-token` says
 * whether a token is good, `read-claims` what its claims mean, and the keys come from `issuer-keys`; identities come
 * from nowhere else. It keeps that
 * - a user's name is an opaque id, so no key and no log line holds an address or a subject;
 * - a service that acts for a user stays within its own tenant, whatever it names (I8);
 * - a refusal says what is wrong in general, and quotes nothing of the token.
 */
import { createHmac } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Authentication, Authenticator, RequestHeaders } from '../orchestrator/ports/authenticator.ts';
import { malformedTokenMessage, readBearerToken } from './bearer-token.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { IssuerKeysOptions, IssuerMetadata } from './issuer-keys.ts';
import { isSubject, readClaims } from './read-claims.ts';
import type { ClaimMapping } from './read-claims.ts';
import { verifyToken } from './verify-token.ts';
import type { TokenFault, TokenRules } from './verify-token.ts';

/** An OpenID provider whose tokens are trusted. */
export interface TrustedIssuer extends TokenRules {
  readonly claims: ClaimMapping;
}

export interface OidcAuthenticatorOptions extends IssuerKeysOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** The key of users' ids. */
  readonly userIdSecret: string;
}

/** Node refuses headers of more than 16 KB; a token beside other headers has less. */
const mostTokenChars = 12_000;

const subjectHeader = 'x-act-for-subject';
const userHeader = 'x-act-for-user';

export class OidcAuthenticator implements Authenticator {
  readonly #options: OidcAuthenticatorOptions;
  readonly #issuers: ReadonlyMap<string, { readonly rules: TrustedIssuer; readonly keys: IssuerKeys }>;

  constructor(options: OidcAuthenticatorOptions) {
    this.#options = options;
    this.#issuers = new Map(
      options.issuers.map((rules) => [rules.issuer, { rules, keys: new IssuerKeys(rules.issuer, options) }]),
    );
  }

  /** @throws IssuerUnavailable if the issuer's keys are out of reach */
  async authenticate(headers: RequestHeaders): Promise<Authentication> {
    const bearer = readBearerToken(headers['authorization']);
    if (bearer.kind === 'none')
      return { kind: 'refused', message: 'Send an access token: Authorization: Bearer …', isMissing: true };
    if (bearer.kind === 'malformed') return refused(malformedTokenMessage);
    const { token } = bearer;
    if (token.length > mostTokenChars)
      return refused(`The access token is too long: this server takes ${mostTokenChars} characters.`);
    const issuer = issuerNamedBy(token);
    const trusted = issuer === null ? undefined : this.#issuers.get(issuer);
    if (trusted === undefined)
      return refused('The access token is not from an issuer that this server trusts.');
    const { rules, keys } = trusted;
    const verified = await verifyToken(token, rules, { keys, clock: this.#options.clock });
    if (verified.kind === 'faulty') return refused(messageOf[verified.fault]);
    const caller = readClaims(verified.claims, rules.claims);
    switch (caller.kind) {
      case 'no-tenant':
        return refused('The access token does not say which tenant its user belongs to.');
      case 'no-user':
        return refused('The access token does not say who its user is.');
      case 'tenant-not-allowed':
        return tenantNotAllowed;
      case 'caller': {
        const user = this.#userId(rules.issuer, caller.subject);
        const { tenant, roles } = caller;
        const { expiresAt } = verified;
        const named = this.#namedUser(headers, rules.issuer);
        if (named === null)
          return { kind: 'authenticated', identity: { tenant, user }, accessToken: token, expiresAt, roles };
        if (!roles.includes('service'))
          return {
            kind: 'forbidden',
            reason: 'ROLE_NOT_ALLOWED',
            message: 'Only a service may act for a user.',
          };
        if (named.kind === 'refused') return named;
        return {
          kind: 'authenticated',
          identity: { tenant, user: named.user },
          // It is not the user's, so no agent may be asked with it in the user's name.
          accessToken: null,
          expiresAt,
          roles,
          actingService: user,
        };
      }
    }
  }

  /**
   * Returns the metadata of an issuer, for a page that signs in there.
   * @throws IssuerUnavailable
   */
  metadataOf(issuer: string): Promise<IssuerMetadata> | undefined {
    return this.#issuers.get(issuer)?.keys.metadata();
  }

  /** The user that a service names; null if it names none. */
  #namedUser(
    headers: RequestHeaders,
    issuer: string,
  ): { readonly kind: 'named'; readonly user: string } | Extract<Authentication, { kind: 'refused' }> | null {
    const { [subjectHeader]: subject, [userHeader]: user } = headers;
    if (subject === undefined && user === undefined) return null;
    if (subject !== undefined && user !== undefined)
      return refused(`The request must name one user: by ${subjectHeader} or by ${userHeader}.`);
    if (typeof user === 'string' && /^[\w-]{22}$/.test(user)) return { kind: 'named', user };
    const decoded = typeof subject === 'string' ? percentDecoded(subject) : null;
    if (decoded !== null && isSubject(decoded)) return { kind: 'named', user: this.#userId(issuer, decoded) };
    return refused(
      subject === undefined
        ? `The header ${userHeader} must hold the id that this server has for a user.`
        : `The header ${subjectHeader} must hold a user's subject, percent-encoded.`,
    );
  }

  /** A keyed hash: who has the id alone can't find out whose it is. 128 bits keep the keys in Redis short. */
  #userId(issuer: string, subject: string): string {
    const hash = createHmac('sha256', this.#options.userIdSecret).update(JSON.stringify([issuer, subject]));
    return hash.digest().subarray(0, 16).toString('base64url');
  }
}

const tenantNotAllowed: Authentication = {
  kind: 'forbidden',
  reason: 'TENANT_NOT_ALLOWED',
  message: 'Users of this tenant may not call this server.',
};

const messageOf: Readonly<Record<TokenFault, string>> = {
  expired: 'The access token has expired.',
  'not-yet-valid': 'The access token is not valid yet. Compare the clocks of its issuer and of this server.',
  'wrong-audience': 'The access token is meant for another service.',
  invalid: 'The access token is not valid.',
};

function refused(message: string): Extract<Authentication, { kind: 'refused' }> {
  return { kind: 'refused', message };
}

/** The issuer that a token claims to be from, unverified: it only says which issuer's rules decide. */
function issuerNamedBy(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
