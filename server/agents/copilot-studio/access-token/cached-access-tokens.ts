import { AgentFailure } from '../../../answer/agent-failure.ts';
import type { Clock } from '../../../orchestrator/ports/clock.ts';
import { unlessAborted } from '../../../answer/unless-aborted.ts';
import type { AccessTokens, TokenCaller } from './access-tokens.ts';

export interface FetchedToken {
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenSource {
  /**
   * Returns the key of a caller's token. Callers with the same key share a token.
   * @throws TurnkeeperError UNAUTHENTICATED when there can be none for this caller
   */
  readonly keyOf: (caller: TokenCaller) => string;
  /**
   * Requests a new token.
   * @throws AgentFailure, or TurnkeeperError UNAUTHENTICATED; the signal's reason when it aborts
   */
  readonly fetchToken: (caller: TokenCaller, signal: AbortSignal) => Promise<FetchedToken>;
}

interface KeptToken extends FetchedToken {
  /** The time from which a new token is fetched while this one is still used. */
  readonly renewAt: number;
  /** The time from which this token is no longer used. */
  readonly goodUntil: number;
}

/** A pause that the authority asked for. */
interface Pause {
  readonly until: number;
  readonly message: string;
}

/** Entra's tokens live for an hour or longer. A token that lives for less is renewed at half of its lifetime. */
const renewalMarginMs = 300_000;
/** A margin for the request's time to the service and for clocks that differ. */
const lastMomentMs = 30_000;
/** Pause after a failed renewal: the current token is still valid, so there is no hurry. */
const renewalPauseMs = 30_000;
/** Maximum time that the authority may take. */
const answerTimeMs = 10_000;
const longestPauseMs = 3_600_000;
/** Maximum number of callers with a kept token; a token takes some kilobytes. */
const mostKept = 5_000;

/**
 * Keeps every caller's token while it is valid, renews it early without making anybody wait, and fetches it once for
 * all callers who ask at the same time.
 */
export class CachedAccessTokens implements AccessTokens {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  readonly #kept = new RecentlyUsed<KeptToken>(mostKept);
  readonly #pauses = new RecentlyUsed<Pause>(mostKept);
  /**
   * The fetches under way. They need no bound: there are never more than turns in flight, and each ends within
   * `answerTimeMs`.
   */
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  async get(caller: TokenCaller, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const key = this.#source.keyOf(caller);
    const kept = this.#kept.get(key);
    const now = this.#clock.now();
    if (kept === undefined || now >= kept.goodUntil)
      return unlessAborted(signal)(() => this.#fetch(key, caller));
    if (now >= kept.renewAt) void this.#renewAhead(key, kept, caller);
    return kept.token;
  }

  async renew(refusedToken: string, caller: TokenCaller, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const key = this.#source.keyOf(caller);
    const kept = this.#kept.get(key);
    if (kept?.token === refusedToken) this.#kept.delete(key);
    else if (kept !== undefined && this.#clock.now() < kept.goodUntil) return kept.token;
    return unlessAborted(signal)(() => this.#fetch(key, caller));
  }

  async #renewAhead(key: string, kept: KeptToken, caller: TokenCaller): Promise<void> {
    try {
      await this.#fetch(key, caller);
    } catch {
      // The token is still valid, so nobody needs the error. A caller after the token's end fetches again, and gets its
      // own.
      if (this.#kept.get(key) === kept) {
        this.#kept.set(key, { ...kept, renewAt: this.#clock.now() + renewalPauseMs });
      }
    }
  }

  #fetch(key: string, caller: TokenCaller): Promise<string> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const fetching = this.#fetchAndKeep(key, caller).finally(() => this.#underWay.delete(key));
    // All who waited may have left, so nobody may handle the error.
    fetching.catch(() => undefined);
    this.#underWay.set(key, fetching);
    return fetching;
  }

  async #fetchAndKeep(key: string, caller: TokenCaller): Promise<string> {
    const asked = this.#clock.now();
    const pause = this.#pauses.get(key);
    if (pause !== undefined && asked < pause.until) {
      throw new AgentFailure('refused', pause.message, { retryAfterMs: pause.until - asked });
    }
    this.#pauses.delete(key);
    try {
      const fetched = await this.#fetchInTime(caller);
      this.#kept.set(key, keep(fetched, asked));
      return fetched.token;
    } catch (error) {
      if (error instanceof AgentFailure && error.retryAfterMs !== undefined) {
        const until = this.#clock.now() + Math.min(error.retryAfterMs, longestPauseMs);
        this.#pauses.set(key, { until, message: error.message });
      }
      throw error;
    }
  }

  async #fetchInTime(caller: TokenCaller): Promise<FetchedToken> {
    const late = new AbortController();
    const cancel = this.#clock.after(answerTimeMs, () => {
      late.abort(
        new AgentFailure('refused', `the authority gave no token for the agent within ${answerTimeMs} ms`),
      );
    });
    try {
      return await unlessAborted(late.signal)(() => this.#source.fetchToken(caller, late.signal));
    } finally {
      cancel();
    }
  }
}

function keep(fetched: FetchedToken, asked: number): KeptToken {
  const { expiresAt } = fetched;
  const margin = Math.min(renewalMarginMs, (expiresAt - asked) / 2);
  return { ...fetched, renewAt: expiresAt - margin, goodUntil: expiresAt - lastMomentMs };
}

/** A map with at most `limit` entries. The least recently used entry makes room for a new one. */
class RecentlyUsed<Value> {
  readonly #limit: number;
  /** A Map keeps the order of insertion, so the first entry is the least recently used. */
  readonly #entries = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
