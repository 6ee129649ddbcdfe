import type { TokenCaller } from '../../../../../server/agents/copilot-studio/access-token/access-tokens.ts';
import type {
  FetchedToken,
  TokenSource,
} from '../../../../../server/agents/copilot-studio/access-token/cached-access-tokens.ts';
import type { Clock } from '../../../../../server/orchestrator/ports/clock.ts';

type Fetching = (signal: AbortSignal) => Promise<FetchedToken>;

/** Issues `token-1`, `token-2`, … per user, and counts. */
export class CountingSource implements TokenSource {
  readonly #clock: Clock;
  readonly #next: Fetching[] = [];
  /** The users for whom a token was requested, oldest first. */
  readonly asked: string[] = [];
  lifeMs = 3_600_000;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly keyOf = ({ identity }: TokenCaller): string => identity.user;

  readonly fetchToken = (caller: TokenCaller, signal: AbortSignal): Promise<FetchedToken> => {
    this.asked.push(caller.identity.user);
    const fetching = this.#next.shift();
    return fetching === undefined ? Promise.resolve(this.issue()) : fetching(signal);
  };

  /** Sets how the next tokens are fetched; later ones are fetched at once. */
  willFetch(...next: Fetching[]): void {
    this.#next.push(...next);
  }

  /** Returns the next token. */
  issue(): FetchedToken {
    return { token: `token-${this.asked.length}`, expiresAt: this.#clock.now() + this.lifeMs };
  }
}

/** A caller of this name. */
export function callerNamed(user: string, userToken: string | null = null): TokenCaller {
  return { identity: { tenant: 'contoso', user }, userToken };
}

/** A signal that is never aborted. */
export const patiently = (): AbortSignal => new AbortController().signal;
