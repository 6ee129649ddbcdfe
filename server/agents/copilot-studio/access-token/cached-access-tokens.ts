import { AgentFailure } from '../../../answer/agent-failure.ts';
import type { Clock } from '../../../orchestrator/ports/clock.ts';
import { unlessAborted } from '../../../answer/unless-aborted.ts';
import type { AccessTokens, TokenCaller } from '../access-tokens.ts';

export interface FetchedToken {
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenSource {
  /**
   * Which callers share a token: those with the same key.
   * @throws TurnkeeperError UNAUTHENTICATED when there can be none for this caller
   */
  readonly keyOf: (caller: TokenCaller) => string;
  /**
   * Asks for a new token.
   * @throws AgentFailure, or TurnkeeperError UNAUTHENTICATED; the signal's reason when it aborts
   */
  readonly fetchToken: (caller: TokenCaller, signal: AbortSignal) => Promise<FetchedToken>;
}

interface KeptToken extends FetchedToken {
  /** From when on a new one is asked for, while this one still serves. */
  readonly renewAt: number;
  /** From when on it serves no more. */
  readonly goodUntil: number;
}

/** What the authority said to wait for. */
interface Pause {
  readonly until: number;
  readonly message: string;
}

/** Entra's tokens live for an hour or longer; one that lives for less is renewed at half of its life. */
const renewalMarginMs = 300_000;
/** For the way to the service, and for clocks that differ. */
const lastMomentMs = 30_000;
/** How long a renewal that failed ahead of time waits until it is tried again: there is still a good token. */
const renewalPauseMs = 30_000;
/** How long the authority may take. */
const answerTimeMs = 10_000;
const longestPauseMs = 3_600_000;
/** Of callers; a token is some kilobytes. */
const mostKept = 5_000;

/**
 * Keeps every caller's token while it is good, renews it ahead of its end without anybody waiting, and fetches it once
 * for all who ask for it at a time.
 */
export class CachedAccessTokens implements AccessTokens {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  readonly #kept = new RecentlyUsed<KeptToken>(mostKept);
  readonly #pauses = new RecentlyUsed<Pause>(mostKept);
  /** Not bounded here: no more than there are turns in flight, and none for longer than the authority may take. */
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
      // Whoever asks when the token serves no more hears of it, if it is still so then.
      if (this.#kept.get(key) === kept) {
        this.#kept.set(key, { ...kept, renewAt: this.#clock.now() + renewalPauseMs });
      }
    }
  }

  #fetch(key: string, caller: TokenCaller): Promise<string> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const fetching = this.#fetchAndKeep(key, caller).finally(() => this.#underWay.delete(key));
    // Everybody who waited may have left.
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

/** A map that holds so many entries at most: the one that was not used for the longest makes room. */
export class RecentlyUsed<Value> {
  readonly #limit: number;
  /** A Map keeps the order of insertion: the first entry is the one to go. */
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
