/**
 * The check of one issuer's access tokens (RFC 8725): signature, issuer, audience, type and times. Which algorithms and
 * keys are good is for the settings and the issuer to say, never for the token.
 */
import { errors, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload, JWTVerifyOptions } from 'jose';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { FindKey, IssuerKeys } from './issuer-keys.ts';

/** Algorithms that a token may be signed with: asymmetric ones only, because a shared key proves no issuer. */
export const signatureAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519'],
] as const;

export interface TokenRules {
  readonly issuer: string;
  /** The token must be meant for one of them. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  /** The difference between the clocks of issuer and server that is made allowance for, in seconds. */
  readonly clockToleranceSeconds: number;
}

/** What is wrong with a token, in general: its sender learns no more. */
export type TokenFault = 'expired' | 'not-yet-valid' | 'wrong-audience' | 'invalid';

export type VerifiedToken =
  | {
      readonly kind: 'verified';
      readonly claims: JWTPayload;
      /** Milliseconds since the epoch, tolerance included. */
      readonly expiresAt: number;
    }
  | { readonly kind: 'faulty'; readonly fault: TokenFault };

/** An access token has no type, that of any JWT, or its own (RFC 9068). Other types are of tokens for other ends. */
const accessTokenTypes = [undefined, 'jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];

/** @throws IssuerUnavailable if the issuer's keys are out of reach: the token may be good */
export async function verifyToken(
  token: string,
  rules: TokenRules,
  { keys, clock }: { readonly keys: IssuerKeys; readonly clock: Clock },
): Promise<VerifiedToken> {
  const now = Math.floor(clock.now() / 1000);
  const options: JWTVerifyOptions = {
    issuer: rules.issuer,
    audience: [...rules.audiences],
    algorithms: [...rules.algorithms],
    clockTolerance: rules.clockToleranceSeconds,
    currentDate: new Date(now * 1000),
    requiredClaims: ['exp'],
  };
  try {
    const { payload, protectedHeader } = await verifiedWith(keys, (key) => jwtVerify(token, key, options));
    if (!accessTokenTypes.includes(protectedHeader.typ?.toLowerCase())) return faulty('invalid');
    // jose compares `iat` only with a maximum age.
    if (payload.iat !== undefined && payload.iat > now + rules.clockToleranceSeconds)
      return faulty('not-yet-valid');
    const exp = payload.exp ?? now;
    return { kind: 'verified', claims: payload, expiresAt: (exp + rules.clockToleranceSeconds) * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return faulty(faultOf(error));
    throw error;
  }
}

/** Verifies with the known keys, and once more with newer ones if the token names an unknown key. */
async function verifiedWith<Result>(
  keys: IssuerKeys,
  verify: (key: FindKey | CryptoKey) => Promise<Result>,
): Promise<Result> {
  try {
    return await withAnyOf(await keys.current(), verify);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    const newer = await keys.reloaded();
    if (newer === null) throw error;
    return withAnyOf(newer, verify);
  }
}

/** A token that names no key may be signed by any of its kind. */
async function withAnyOf<Result>(
  findKey: FindKey,
  verify: (key: FindKey | CryptoKey) => Promise<Result>,
): Promise<Result> {
  try {
    return await verify(findKey);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await verify(key);
      } catch (mismatch) {
        if (!(mismatch instanceof errors.JWSSignatureVerificationFailed)) throw mismatch;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function faulty(fault: TokenFault): VerifiedToken {
  return { kind: 'faulty', fault };
}

/** jose checks the signature before the claims, so only an authentic token learns more than "invalid". */
function faultOf(error: errors.JOSEError): TokenFault {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (!(error instanceof errors.JWTClaimValidationFailed) || error.reason !== 'check_failed')
    return 'invalid';
  if (error.claim === 'nbf') return 'not-yet-valid';
  return error.claim === 'aud' ? 'wrong-audience' : 'invalid';
}
