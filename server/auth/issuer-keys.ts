/**
 * The public keys of one issuer.
 *
 * The job: have the keys that a token may be signed with, found by OpenID Connect discovery. The boundary: this part
 * knows documents and time, no tokens. It keeps that
 * - nothing is loaded before the first token asks, so a server starts without its issuer, and recovers by itself;
 * - calls at the same time share one load, and a failed load is not repeated for a moment, so an issuer in trouble is
 *   not flooded;
 * - keys outlive an outage of the issuer by `usableMs`: nobody is signed out because a document is out of reach;
 * - a token can make us ask for newer keys only every `reloadMs`, whatever key it names.
 */
import { createLocalJWKSet } from 'jose';
import type { LocalJWKSet } from 'jose';
import { z } from 'zod';
import type { Clock } from '../orchestrator/ports/clock.ts';
import type { Observer } from '../orchestrator/ports/observer.ts';
import { IssuerUnavailable, fetchJson } from './fetch-json.ts';
import { isTrustedUrl } from './trusted-url.ts';

/** Age at which keys are loaded again while they are still used, in milliseconds. */
const freshMs = 600_000;
/** Age beyond which keys are not used without the issuer, in milliseconds. */
const usableMs = 3_600_000;
/** Shortest time between two loads because of an unknown key, in milliseconds. */
const reloadMs = 10_000;
/** Time for which a failed load stands for the next ones, in milliseconds. */
const failedMs = 1_000;

const trustedUrl = z.string().refine(isTrustedUrl);

/** The parts that are used of an issuer's metadata (OpenID Connect Discovery 1.0, 3). */
const metadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: trustedUrl,
  token_endpoint: trustedUrl.optional().catch(undefined),
  userinfo_endpoint: trustedUrl.optional().catch(undefined),
});

const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

export type IssuerMetadata = z.output<typeof metadataSchema>;

export type FindKey = LocalJWKSet;

interface Known {
  readonly metadata: IssuerMetadata;
  readonly findKey: FindKey;
  readonly loadedAt: number;
}

export interface IssuerKeysOptions {
  readonly clock: Clock;
  readonly observer: Observer;
  /** The longest time for one document, in milliseconds. */
  readonly timeoutMs: number;
}

export class IssuerKeys {
  readonly #issuer: string;
  readonly #options: IssuerKeysOptions;
  #known: Known | null = null;
  #loading: Promise<Known> | null = null;
  #failed: { readonly at: number; readonly error: unknown } | null = null;
  #reloadedAt = -Infinity;
  /** The cause of the trouble that the log has last; null while there is none. */
  #trouble: string | null = null;

  constructor(issuer: string, options: IssuerKeysOptions) {
    this.#issuer = issuer;
    this.#options = options;
  }

  /** @throws IssuerUnavailable if there are no keys, or only ones that are too old */
  async current(): Promise<FindKey> {
    return (await this.#currently()).findKey;
  }

  /** @throws IssuerUnavailable */
  async metadata(): Promise<IssuerMetadata> {
    return (await this.#currently()).metadata;
  }

  /**
   * Loads the keys because a token names an unknown one. Returns null if that was done a moment ago.
   * @throws IssuerUnavailable
   */
  async reloaded(): Promise<FindKey | null> {
    const now = this.#options.clock.now();
    if (now - this.#reloadedAt < reloadMs) return null;
    const { findKey } = await this.#load();
    this.#reloadedAt = now;
    return findKey;
  }

  async #currently(): Promise<Known> {
    const known = this.#known;
    const age = known === null ? Infinity : this.#options.clock.now() - known.loadedAt;
    if (known === null || age >= usableMs) return this.#load();
    // The call does not wait: the log has the failure, and these keys are good for a while.
    if (age >= freshMs) this.#load().catch(() => undefined);
    return known;
  }

  async #load(): Promise<Known> {
    const failed = this.#failed;
    if (this.#loading === null && failed !== null && this.#options.clock.now() - failed.at < failedMs)
      throw failed.error;
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #fetch(): Promise<Known> {
    const { clock, timeoutMs } = this.#options;
    try {
      const metadata = metadataIn(await fetchJson(metadataUrl(this.#issuer), timeoutMs), this.#issuer);
      const keys = keysSchema.safeParse(await fetchJson(metadata.jwks_uri, timeoutMs));
      if (!keys.success) throw new IssuerUnavailable('NO_KEYS');
      // jose checks each key when it is used.
      const findKey = createLocalJWKSet(keys.data);
      const known = { metadata, findKey, loadedAt: clock.now() };
      this.#known = known;
      this.#failed = null;
      this.#report(null);
      return known;
    } catch (error) {
      this.#failed = { at: clock.now(), error };
      this.#report(error instanceof IssuerUnavailable ? error.code : 'FAILED');
      throw error;
    }
  }

  /** Logs one line for each cause in a row, not one for each attempt. */
  #report(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const issuer = this.#issuer;
    this.#options.observer.tell(
      trouble === null
        ? { type: 'issuer.reachable', issuer }
        : { type: 'issuer.unreachable', issuer, cause: trouble },
    );
  }
}

function metadataUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function metadataIn(document: unknown, issuer: string): IssuerMetadata {
  const metadata = metadataSchema.safeParse(document);
  if (!metadata.success) throw new IssuerUnavailable('NO_METADATA');
  // Compared as texts: OpenID Connect Discovery 1.0, 4.3.
  if (metadata.data.issuer !== issuer) throw new IssuerUnavailable('ISSUER_MISMATCH');
  return metadata.data;
}
