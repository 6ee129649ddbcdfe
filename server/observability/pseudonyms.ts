import { createHmac } from 'node:crypto';
import type { Identity } from '../domain/identity.ts';

/** Users whose pseudonyms are kept: a digest costs microseconds, and one user has many lines. */
const mostKept = 10_000;

/**
 * The names of users in the log. A user may be known by an e-mail address, so the log has a keyed digest instead: the
 * same on all servers that share the key, and another in each tenant.
 */
export class Pseudonyms {
  readonly #key: string;
  readonly #kept = new Map<string, string>();

  /** @param key the first secret of DIGEST_SECRET, or of the server's own; an empty one protects nothing */
  constructor(key: string) {
    this.#key = key;
  }

  /** The first 16 hexadecimal digits of the HMAC-SHA-256 of `["tenant","user"]`. */
  of({ tenant, user }: Identity): string {
    const name = JSON.stringify([tenant, user]);
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const pseudonym = createHmac('sha256', this.#key).update(name).digest('hex').slice(0, 16);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(name, pseudonym);
    return pseudonym;
  }
}
