/** What an `Authorization` header says of a bearer token (RFC 6750, 2.1). */
export type BearerToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** Something is there that can't be one. */
  | { readonly kind: 'malformed' };

/** Reads the bearer token out of an `Authorization` header; credentials of another scheme are none of ours. */
export function readBearerToken(header: string | readonly string[] | undefined): BearerToken {
  if (typeof header !== 'string' || !/^bearer(\s|$)/i.test(header)) return { kind: 'none' };
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}
