import type { Identity } from '../../domain/identity.ts';

/** The caller of a request, or why there is none. */
export type Authentication =
  | {
      readonly kind: 'authenticated';
      readonly identity: Identity;
      /**
       * The token that they signed in with, for an agent that is asked in their name; null where there is none. A
       * secret.
       */
      readonly accessToken: string | null;
      /** The time until which the proof holds, in milliseconds since the epoch: a watch ends then. @default forever */
      readonly expiresAt?: number | undefined;
    }
  /** The message is safe to show. */
  | { readonly kind: 'refused'; readonly message: string };

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
