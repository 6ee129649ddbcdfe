import { createHash, createHmac, hkdfSync } from 'node:crypto';
import type { TurnInput } from '../../contract/inputs.ts';
import { canonicalJson } from '../domain/json.ts';
import type { ConversationKey } from '../domain/identity.ts';

/** An input and its turn: the same words have a different digest in each turn. */
interface DigestedTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly input: TurnInput;
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
  readonly #secrets: readonly [string, ...string[]];

  /** @param secrets the first makes new digests, any of them compares; without one, a public secret is used */
  constructor(secrets: readonly string[]) {
    const [first = publicSecret, ...others] = secrets;
    this.#secrets = [first, ...others];
  }

  of(turn: DigestedTurn): string {
    return keyed(this.#secrets[0], turn);
  }

  compare(digest: string, turn: DigestedTurn): Comparison {
    if (!digest.includes('.')) return digest === plain(turn.input) ? 'same' : 'other';
    const [, secretId] = digest.split('.');
    const secret = this.#secrets.find((each) => idOf(each) === secretId);
    if (secret === undefined) return 'unknown';
    return digest === keyed(secret, turn) ? 'same' : 'other';
  }
}

function keyed(
  secret: string,
  { key: { tenant, user, conversationId }, turnId, input }: DigestedTurn,
): string {
  const key = Buffer.from(
    hkdfSync('sha256', secret, '', `turn inputs of ${JSON.stringify(tenant)}`, keyBytes),
  );
  const said = canonicalJson([user, conversationId, turnId, input]);
  return `h1.${idOf(secret)}.${createHmac('sha256', key).update(said).digest('base64url')}`;
}

/** Tells secrets apart, and reveals nothing else about them. */
function idOf(secret: string): string {
  const id = Buffer.from(hkdfSync('sha256', secret, '', 'which secret', keyBytes));
  return id.toString('base64url').slice(0, secretIdChars);
}

function plain(input: TurnInput): string {
  return createHash('sha256').update(canonicalJson(input)).digest('base64url');
}
