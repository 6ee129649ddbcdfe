/** The bearer token in an `Authorization` header (RFC 6750, 2.1). */
export type BearerToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** The header names the scheme, but no valid token follows. */
  | { readonly kind: 'malformed' };

/** The refusal of a malformed header. It does not repeat the header, which may hold a secret. */
export const malformedTokenMessage =
  'The header Authorization must be "Bearer", a space, and one access token.';

/** Reads the bearer token of an `Authorization` header. Credentials of another scheme are ignored. */
export function readBearerToken(header: string | readonly string[] | undefined): BearerToken {
  if (typeof header !== 'string' || !/^bearer(\s|$)/i.test(header)) return { kind: 'none' };
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}
