import type { Identity } from '../../domain/identity.ts';

/**
 * What a caller may do. `user`: its own conversations. `service`: the same, and those of a user of its tenant whom it
 * names. `operator` and `auditor` are known, and may do nothing yet.
 */
export type Role = 'user' | 'service' | 'operator' | 'auditor';

/** The caller of a request, or why there is none. */
export type Authentication =
  | {
      readonly kind: 'authenticated';
      /** The user whose conversations the call is about. */
      readonly identity: Identity;
      /**
       * The token that they signed in with, for an agent that is asked in their name; null where there is none. A
       * secret.
       */
      readonly accessToken: string | null;
      /** The time until which the proof holds, in milliseconds since the epoch: a watch ends then. @default forever */
      readonly expiresAt?: number | undefined;
      /** @default a user */
      readonly roles?: readonly Role[] | undefined;
      /** The user id of the service that acts for the user; the log has both. @default the user calls itself */
      readonly actingService?: string | undefined;
    }
  | {
      /** The call fails with UNAUTHENTICATED. */
      readonly kind: 'refused';
      /** Safe to show. */
      readonly message: string;
      /** True if the request has no credentials at all. @default false: they are wrong */
      readonly isMissing?: boolean | undefined;
    }
  | {
      /** The caller is known, and may not call. */
      readonly kind: 'forbidden';
      readonly reason: 'TENANT_NOT_ALLOWED' | 'ROLE_NOT_ALLOWED';
      /** Safe to show. */
      readonly message: string;
    };

/** Request headers by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Authenticator {
  /**
   * Reads the identity out of a request's credentials; never throws because of what they hold. It rejects, or does not
   * settle, only where it can't tell: where the keys of an issuer can't be reached, say. The call may then be tried
   * again.
   */
  authenticate(headers: RequestHeaders): Promise<Authentication>;
}
