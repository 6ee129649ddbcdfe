import { createHash, createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Opening, TurnInput } from '../../contract/inputs.ts';
import { canonicalJson } from '../domain/json.ts';
import type { ConversationKey } from '../domain/identity.ts';

/** An input and its turn: the same words have a different digest in each turn. */
interface DigestedTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly input: TurnInput;
  /** What the turn would open the conversation with; null for nothing. */
  readonly opening: Opening | null;
}

/**
 * The comparison of a turn's input with the one that a digest was made of; `unknown` when the digest's secret is gone.
 */
export type Comparison = 'same' | 'other' | 'unknown';

/** The secret where none is set. Everybody knows it: digests stay comparable, and hide nothing. */
const publicSecret = 'turnkeeper: no DIGEST_SECRET is set';

const keyBytes = 32;
const secretIdChars = 6;

/**
 * Digests of turns' inputs. They show whether a repeated turn id came with the same input (I4). They are keyed, so that
 * nobody who reads them finds the inputs by guessing; a key is derived per tenant.
 *
 * A digest is `h1.<which secret>.<HMAC>`. One without dots is of version a1ce3d2: the input's plain SHA-256.
 */
export class InputDigests {
  readonly #secrets: readonly [DigestSecret, ...DigestSecret[]];

  /** @param secrets the first makes new digests, any of them compares; without one, a public secret is used */
  constructor(secrets: readonly string[]) {
    const [first = publicSecret, ...others] = secrets;
    this.#secrets = [new DigestSecret(first), ...others.map((secret) => new DigestSecret(secret))];
  }

  of(turn: DigestedTurn): string {
    return this.#secrets[0].digestOf(turn.key, contentOf(turn));
  }

  ofOpening(key: ConversationKey, opening: Opening): string {
    return this.#secrets[0].digestOf(key, ['opening', opening]);
  }

  compareOpening(digest: string, key: ConversationKey, opening: Opening): Comparison {
    return this.#compare(digest, key, ['opening', opening]);
  }

  compare(digest: string, turn: DigestedTurn): Comparison {
    if (!digest.includes('.')) return digest === plain(turn.input) ? 'same' : 'other';
    return this.#compare(digest, turn.key, contentOf(turn));
  }

  #compare(digest: string, key: ConversationKey, content: readonly unknown[]): Comparison {
    const [, secretId] = digest.split('.');
    const secret = this.#secrets.find(({ id }) => id === secretId);
    if (secret === undefined) return 'unknown';
    return digest === secret.digestOf(key, content) ? 'same' : 'other';
  }
}

function contentOf({ turnId, input, opening }: DigestedTurn): readonly unknown[] {
  return opening === null ? [turnId, input] : [turnId, input, opening];
}

/** Tenants whose keys are kept: deriving one costs more than all else of a digest. */
const mostKeys = 1_000;

class DigestSecret {
  /** Tells secrets apart, and reveals nothing else about them. */
  readonly id: string;
  readonly #secret: string;
  readonly #keys = new Map<string, KeyObject>();

  constructor(secret: string) {
    this.#secret = secret;
    this.id = derive(secret, 'which secret').toString('base64url').slice(0, secretIdChars);
  }

  digestOf({ tenant, user, conversationId }: ConversationKey, content: readonly unknown[]): string {
    const said = canonicalJson([user, conversationId, ...content]);
    return `h1.${this.id}.${createHmac('sha256', this.#keyOf(tenant)).update(said).digest('base64url')}`;
  }

  #keyOf(tenant: string): KeyObject {
    const kept = this.#keys.get(tenant);
    if (kept !== undefined) return kept;
    if (this.#keys.size >= mostKeys) this.#keys.clear();
    const key = createSecretKey(derive(this.#secret, `turn inputs of ${JSON.stringify(tenant)}`));
    this.#keys.set(tenant, key);
    return key;
  }
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, keyBytes));
}

function plain(input: TurnInput): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}
