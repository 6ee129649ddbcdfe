import { describe, expect, it } from 'vitest';
import { key, newTicket } from '../../redis/store/sample-turns.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { roomMs, timeOf } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { openServer, restingParts, shortPrefix } from '../../redis/integration/open-server.ts';
import type { OpenServer } from '../../redis/integration/open-server.ts';
import { startAttendedServer } from '../../redis/integration/start-attended-server.ts';

const commandTimeoutMs = 1_000;
/** Time for which the lease is kept for a notified caller before others may have it, in milliseconds. */
const keptMs = 2 * commandTimeoutMs;
/** A wait bound that is much longer than any of these tests allows. */
const endlessMs = 60_000;
const patient = { commandTimeoutMs, leaseTtlMs: endlessMs, turnWaitMaxMs: endlessMs };

const wait = { whenBusy: 'wait' } as const;

/** Two servers that share an agent; the first has a turn that waits for it. */
async function openTwo(options: Parameters<typeof openServer>[0] = {}) {
  const here = await openServer({ ...patient, ...options });
  const { agent, prefix } = here;
  const there = await openServer({ ...patient, ...options, agent, prefix });
  const running = here.turn('running');
  running.catch(() => undefined);
  const question = await agent.question();
  return {
    ...{ here, there, agent, running, question },
    [Symbol.asyncDispose]: async () => {
      await there[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

/** Starts a waiting turn; the test need not await its outcome. */
function waitingTurn(server: OpenServer, turnId: string, waitMs = endlessMs): ReturnType<OpenServer['turn']> {
  const turn = server.turn(turnId, { ...wait, waitMs });
  turn.catch(() => undefined);
  return turn;
}

describe('while turns wait, a server that dies', () => {
  it('and was waiting itself, is passed over once the time has passed for which the lease is kept for it', async () => {
    await using two = await openTwo();
    await using dying = await openServer({ ...patient, agent: two.agent, prefix: two.here.prefix });
    void waitingTurn(dying, 'dead');
    await two.here.untilWaiting(1);
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(2);
    dying.die();
    two.question.answer();
    await two.running;
    const nextQuestion = two.agent.question();
    expect(await timeOf(nextQuestion)).toBeLessThan(keptMs + roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(2);
    expect(await two.here.storedParts()).toEqual(restingParts);
  });

  it('and began to wait longer ago than any wait lasts, is passed over at once', async () => {
    await using two = await openTwo({ commandTimeoutMs: endlessMs / 4 });
    const { raw, keys } = two.here;
    const microsecondsAgo = (ms: number): number => (Date.now() - ms) * 1_000;
    // A caller that enqueues clears dead callers from the queue, so the test adds these after that.
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    await raw.zadd(
      keys.waiting,
      microsecondsAgo(endlessMs + 1_000),
      'dead',
      -microsecondsAgo(endlessMs + 1_000),
      'dead-at-the-front',
    );
    await raw.pexpire(keys.waiting, 2 * endlessMs);
    await two.here.untilWaiting(3);
    two.question.answer();
    await two.running;
    const nextQuestion = two.agent.question();
    // The lease would be kept for 30 s for each of them.
    expect(await timeOf(nextQuestion)).toBeLessThan(roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(2);
    expect(await two.here.storedParts()).toEqual(restingParts);
  });

  it('and had just interrupted the running turn, is passed over in the same time', async () => {
    await using two = await openTwo();
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    const { prefix, keys, raw } = two.here;
    await using dying = await openRedisBacking({ url: two.here.url, prefix, commandTimeoutMs });
    const owner = (await raw.get(keys.lock)) ?? '';
    expect(await dying.leases.interrupt(key, newTicket(), owner)).toBe(true);
    const nextQuestion = two.agent.question();
    expect(await timeOf(nextQuestion)).toBeLessThan(keptMs + roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(1);
    await expect(two.running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
  });

  it('and was running a turn, is followed as soon as its lease has run out', async () => {
    const leaseTtlMs = 5_000;
    await using two = await openTwo({ leaseTtlMs });
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    const nextQuestion = two.agent.question();
    two.here.die();
    const leftMs = await two.there.raw.pttl(two.there.keys.lock);
    expect(leftMs).toBeLessThanOrEqual(leaseTtlMs);
    const waitedMs = await timeOf(nextQuestion);
    expect(waitedMs).toBeLessThan(leftMs + roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(1);
    expect(await two.there.storedParts()).toEqual(restingParts);
  });
});

describe('a server process that is killed', () => {
  it('while it waits and while it runs a turn, delays others only that long', async () => {
    const leaseTtlMs = 5_000;
    const settings = { ...patient, prefix: shortPrefix(), leaseTtlMs };
    await using here = await openServer(settings);
    await using there = await openServer(settings);
    await using killed = await startAttendedServer({
      REDIS_URL: here.url,
      REDIS_PREFIX: here.prefix,
      REDIS_COMMAND_TIMEOUT_MS: String(commandTimeoutMs),
      LOCK_TTL_MS: String(leaseTtlMs),
    });
    const running = here.turn('running');
    const question = await here.agent.question();
    const asked = killed.asked();
    const dead = [killed.turn('dead', wait), killed.turn('dead', { conversationId: 'another' })];
    for (const call of dead) call.catch(() => undefined);
    await here.untilWaiting(1);
    await asked;
    const next = waitingTurn(here, 'next');
    await here.untilWaiting(2);
    const another = there.turn('another', { ...wait, key: { ...key, conversationId: 'another' } });
    await killed.kill();
    question.answer();
    await running;
    const nextQuestion = here.agent.question();
    expect(await timeOf(nextQuestion)).toBeLessThan(keptMs + roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(2);
    const anotherQuestion = there.agent.question();
    expect(await timeOf(anotherQuestion)).toBeLessThan(leaseTtlMs + roomMs);
    (await anotherQuestion).answer();
    expect((await another).turn.number).toBe(1);
    await Promise.allSettled(dead);
  });
});

describe('while a turn waits, the connection for its notification', () => {
  it('breaks, and the turn is notified all the same', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await using two = await openTwo({ url: redis.url });
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    const killing = two.here.raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    two.question.answer();
    await Promise.all([killing, two.running]);
    // The notification is lost; without another look at the queue, the wait would last for the lease's minute.
    const nextQuestion = two.agent.question();
    expect(await timeOf(nextQuestion)).toBeLessThan(keptMs + roomMs);
    (await nextQuestion).answer();
    expect((await next).turn.number).toBe(2);
    expect(rejections.unhandled).toEqual([]);
  });

  it('breaks and is restored, and the turn is notified as usual', async () => {
    await using redis = await startOwnRedis();
    await using two = await openTwo({ url: redis.url });
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    const { raw, keys } = two.here;
    expect(await raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(2);
    await expect.poll(() => raw.call('PUBSUB', 'SHARDCHANNELS')).toEqual([keys.events]);
    two.question.answer();
    await two.running;
    const nextQuestion = two.agent.question();
    expect(await timeOf(nextQuestion)).toBeLessThan(roomMs);
    (await nextQuestion).answer();
    await next;
  });
});

describe('while a turn waits, Redis', () => {
  it('hangs: 503 within the bound of the wait, and a caller that gave up delays nobody', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await using two = await openTwo({ url: redis.url });
    const waitMs = 300;
    const next = waitingTurn(two.there, 'next', waitMs);
    await two.here.untilWaiting(1);
    redis.hang();
    const began = performance.now();
    await expect(next).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
    expect(performance.now() - began).toBeLessThan(waitMs + 2 * commandTimeoutMs + roomMs);
    redis.goOn();
    for (const server of [two.here, two.there]) await expect.poll(() => server.isReachable()).toBe(true);
    two.question.answer();
    expect((await two.running).turn.number).toBe(1);
    // The queue skips the ticket that its caller could not withdraw.
    const again = waitingTurn(two.there, 'next');
    const question = two.agent.question();
    expect(await timeOf(question)).toBeLessThan(keptMs + roomMs);
    (await question).answer();
    expect((await again).turn.number).toBe(2);
    expect(await two.here.storedParts()).toEqual(restingParts);
    expect(rejections.unhandled).toEqual([]);
  });

  it('hangs until a requested wait has begun: no ticket of a caller that gave up stays in the queue', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await using two = await openTwo({ url: redis.url });
    const next = waitingTurn(two.there, 'next');
    await two.here.untilWaiting(1);
    const { prefix } = two.here;
    await using elsewhere = await openRedisBacking({ url: redis.url, prefix, commandTimeoutMs });
    const { signal } = new AbortController();
    const enqueue = () =>
      elsewhere.leases.enqueue(key, newTicket(), { at: 'back', maxMs: 5_000, mostWaiting: 100, signal });
    // This server subscribes to the channel from here on, so that the next call asks Redis at once.
    const subscribed = enqueue();
    const heard = subscribed.untilCalled();
    await two.here.untilWaiting(2);

    const givenUp = enqueue();
    redis.hang();
    await expect(givenUp.untilCalled()).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    const left = givenUp.leave();
    redis.goOn();
    await left;
    await two.here.untilWaiting(2);

    two.question.answer();
    await two.running;
    (await two.agent.question()).answer();
    expect((await next).turn.number).toBe(2);
    expect(await heard).toBe('called');
    await subscribed.leave();
    await expect.poll(() => two.here.storedParts()).toEqual(restingParts);
    expect(rejections.unhandled).toEqual([]);
  });

  it('stops: 503 within the bound of the wait, and turns run again when it is back', async () => {
    using rejections = watchUnhandledRejections();
    await using redis = await startOwnRedis();
    await using two = await openTwo({ url: redis.url });
    const waitMs = 300;
    const next = waitingTurn(two.there, 'next', waitMs);
    await two.here.untilWaiting(1);
    await redis.stop();
    const began = performance.now();
    await expect(next).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE', retryable: true });
    expect(performance.now() - began).toBeLessThan(waitMs + roomMs);
    two.question.answer();
    await expect(two.running).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    await redis.start();
    void two.agent.answerAll();
    await expect.poll(() => two.there.turn('next', wait).then(({ turn }) => turn.number, String)).toBe(1);
    expect(rejections.unhandled).toEqual([]);
  });
});
