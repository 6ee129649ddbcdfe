import { beforeEach, describe, expect, it } from 'vitest';
import { CachedAccessTokens } from '../../../../../server/agents/copilot-studio/access-token/cached-access-tokens.ts';
import type { FetchedToken } from '../../../../../server/agents/copilot-studio/access-token/cached-access-tokens.ts';
import { AgentFailure } from '../../../../../server/answer/agent-failure.ts';
import { ManualClock } from '../../../../../server/testing/manual-clock.ts';
import { deferred } from '../../../../support/deferred.ts';
import { CountingSource, callerNamed, patiently } from './counting-source.ts';

const dana = callerNamed('dana');
const minuteMs = 60_000;

let clock: ManualClock;
let source: CountingSource;
let tokens: CachedAccessTokens;

beforeEach(() => {
  clock = new ManualClock();
  source = new CountingSource(clock);
  tokens = new CachedAccessTokens(source, clock);
});

const get = (caller = dana, signal = patiently()): Promise<string> => tokens.get(caller, signal);
const failing = (error: Error) => () => Promise.reject(error);
const unavailable = new AgentFailure('refused', 'no token');

/** Lets work that nobody awaits come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a token', () => {
  it('is fetched once for many callers at a time', async () => {
    const held = deferred<FetchedToken>();
    source.willFetch(() => held.promise);
    const waiting = Array.from({ length: 50 }, () => get());
    held.resolve(source.issue());
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['token-1']));
    expect(source.asked).toHaveLength(1);
  });

  it('is kept while it is good', async () => {
    await get();
    clock.advance(54 * minuteMs);
    expect(await get()).toBe('token-1');
    await settle();
    expect(source.asked).toHaveLength(1);
  });

  it('is renewed minutes ahead of its end, and nobody waits for that', async () => {
    await get();
    clock.advance(55 * minuteMs);
    const held = deferred<FetchedToken>();
    source.willFetch(() => held.promise);
    expect(await Promise.all([get(), get()])).toEqual(['token-1', 'token-1']);
    expect(source.asked).toHaveLength(2);
    held.resolve(source.issue());
    await settle();
    expect(await get()).toBe('token-2');
    expect(source.asked).toHaveLength(2);
  });

  it('that lives for a few minutes only is renewed at half of its life', async () => {
    source.lifeMs = 4 * minuteMs;
    await get();
    clock.advance(2 * minuteMs - 1);
    await get();
    expect(source.asked).toHaveLength(1);
    clock.advance(1);
    expect(await get()).toBe('token-1');
    await settle();
    expect(await get()).toBe('token-2');
  });

  it('is not used in its last moments: then everybody waits for the next', async () => {
    await get();
    clock.advance(60 * minuteMs - 30_000);
    expect(await Promise.all([get(), get()])).toEqual(['token-2', 'token-2']);
    expect(source.asked).toHaveLength(2);
  });

  it('still serves when its renewal fails, which is then tried again only after a while', async () => {
    await get();
    clock.advance(55 * minuteMs);
    source.willFetch(failing(unavailable), failing(unavailable));
    for (const renewals of [1, 1, 1]) {
      expect(await get()).toBe('token-1');
      await settle();
      expect(source.asked).toHaveLength(1 + renewals);
    }
    clock.advance(30_000);
    expect(await get()).toBe('token-1');
    await settle();
    expect(source.asked).toHaveLength(3);
    clock.advance(30_000);
    await get();
    await settle();
    expect(await get()).toBe('token-4');
  });

  it('of one caller is not given to another', async () => {
    expect(await Promise.all([get(), get(callerNamed('eve'))])).toEqual(['token-1', 'token-2']);
    expect(await Promise.all([get(callerNamed('eve')), get()])).toEqual(['token-2', 'token-1']);
    expect(source.asked).toEqual(['dana', 'eve']);
  });

  it('makes room for others when too many are kept: the one that was not used for the longest', async () => {
    const crowd = Array.from({ length: 4_999 }, (_, index) => callerNamed(`user-${index}`));
    await get();
    await Promise.all(crowd.map((caller) => get(caller)));
    await get();
    await get(callerNamed('one too many'));
    source.asked.length = 0;
    await get();
    expect(source.asked).toEqual([]);
    await get(callerNamed('user-0'));
    expect(source.asked).toEqual(['user-0']);
  });
});

describe('a failed fetch', () => {
  it('fails everybody who waits for it, and is not kept', async () => {
    source.willFetch(failing(unavailable));
    expect(await Promise.allSettled([get(), get()])).toEqual([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ]);
    expect(source.asked).toHaveLength(1);
    expect(await get()).toBe('token-2');
  });

  it('is not repeated before the time that the authority asked for', async () => {
    source.willFetch(failing(new AgentFailure('refused', 'too many', { retryAfterMs: 20_000 })));
    await expect(get()).rejects.toMatchObject({ outcome: 'refused', retryAfterMs: 20_000 });
    clock.advance(15_000);
    await expect(get()).rejects.toMatchObject({
      outcome: 'refused',
      message: 'too many',
      retryAfterMs: 5_000,
    });
    expect(source.asked).toHaveLength(1);
    clock.advance(5_000);
    expect(await get()).toBe('token-2');
  });

  it('that asks for a delay delays only that caller', async () => {
    source.willFetch(failing(new AgentFailure('refused', 'too many', { retryAfterMs: 20_000 })));
    await expect(get()).rejects.toBeInstanceOf(AgentFailure);
    expect(await get(callerNamed('eve'))).toBe('token-2');
  });
});

describe('a caller who stops waiting', () => {
  it('gets the reason at once, and leaves the others their token', async () => {
    const held = deferred<FetchedToken>();
    source.willFetch(() => held.promise);
    const impatient = new AbortController();
    const given = get(dana, impatient.signal);
    const waiting = get();
    const reason = new Error('the turn is over');
    impatient.abort(reason);
    await expect(given).rejects.toBe(reason);
    held.resolve(source.issue());
    expect(await waiting).toBe('token-1');
  });

  it('before it begins asks for nothing', async () => {
    const reason = new Error('the turn is over');
    await expect(get(dana, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(tokens.renew('token-0', dana, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(source.asked).toEqual([]);
  });
});

describe('an authority that hangs', () => {
  it('is given ten seconds, whether or not the source heeds the signal, and then asked again', async () => {
    const signals: AbortSignal[] = [];
    source.willFetch((signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const waiting = get();
    clock.advance(9_999);
    expect(signals[0]?.aborted).toBe(false);
    clock.advance(1);
    await expect(waiting).rejects.toMatchObject({
      outcome: 'refused',
      message: 'the authority gave no token for the agent within 10000 ms',
    });
    expect(signals[0]?.aborted).toBe(true);
    expect(await get()).toBe('token-2');
  });
});

describe('renewing a token that was refused', () => {
  const renew = (refused: string, caller = dana): Promise<string> =>
    tokens.renew(refused, caller, patiently());

  it('asks for a new one, however fresh the old one is', async () => {
    const refused = await get();
    expect(await renew(refused)).toBe('token-2');
    expect(await get()).toBe('token-2');
    expect(source.asked).toHaveLength(2);
  });

  it('asks once for all whose token was refused at a time', async () => {
    const refused = await get();
    const renewed = await Promise.all(Array.from({ length: 50 }, () => renew(refused)));
    expect(new Set(renewed)).toEqual(new Set(['token-2']));
    expect(source.asked).toHaveLength(2);
  });

  it('asks for nothing when somebody else has renewed it meanwhile', async () => {
    const refused = await get();
    await renew(refused);
    expect(await renew(refused)).toBe('token-2');
    expect(source.asked).toHaveLength(2);
  });

  it('does not restore the refused one when it fails', async () => {
    const refused = await get();
    source.willFetch(failing(unavailable));
    await expect(renew(refused)).rejects.toBe(unavailable);
    expect(await get()).toBe('token-3');
  });

  it('leaves the tokens of others alone', async () => {
    const refused = await get();
    await get(callerNamed('eve'));
    await renew(refused);
    expect(await get(callerNamed('eve'))).toBe('token-2');
    expect(source.asked).toEqual(['dana', 'eve', 'dana']);
  });
});
