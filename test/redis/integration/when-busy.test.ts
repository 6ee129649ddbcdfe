import { describe, expect, it, vi } from 'vitest';
import { isTurnkeeperError } from '../../../server/testing/index.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { roomMs } from '../../support/time.ts';
import { openServer, restingParts } from './open-server.ts';
import type { OpenServer } from './open-server.ts';

const wait = { whenBusy: 'wait' } as const;

/** A server with a turn `running` that waits for the agent. */
async function openRunning(options: Parameters<typeof openServer>[0] = {}) {
  const server = await openServer(options);
  const running = server.turn('running');
  running.catch(() => undefined);
  return { ...server, running, question: await server.agent.question() };
}

const names = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);

/** Starts the calls, each once the call before it is waiting. */
async function enqueueInOrder<Result>(
  server: OpenServer,
  from: number,
  calls: readonly (() => Promise<Result>)[],
) {
  const results: Promise<Result>[] = [];
  for (const [index, call] of calls.entries()) {
    const result = call();
    result.catch(() => undefined);
    results.push(result);
    await server.untilWaiting(from + index + 1);
  }
  return results;
}

/** Records Node's process warnings (too many listeners, say); use with `using`. */
function watchWarnings() {
  const told: string[] = [];
  const note = ({ message }: Error): void => void told.push(message);
  process.on('warning', note);
  return { told, [Symbol.dispose]: () => void process.off('warning', note) };
}

async function timed<Result>(work: Promise<Result>): Promise<{ result: Result; endedAt: number }> {
  const result = await work;
  return { result, endedAt: performance.now() };
}

describe('a call that is refused because another is running', () => {
  it("learns the running turn's age, and when to try again", async () => {
    const began = performance.now();
    await using server = await openRunning();
    const refusal = () => server.turn('refused').catch((error: unknown) => error);
    const first = await refusal();
    if (!isTurnkeeperError(first, 'TURN_IN_PROGRESS')) throw first;
    const { runningForMs = -1 } = first;
    expect(runningForMs).toBeGreaterThanOrEqual(0);
    // The age grows as time passes.
    await vi.waitFor(async () => {
      const later = await refusal();
      if (!isTurnkeeperError(later, 'TURN_IN_PROGRESS')) throw later;
      expect(later.runningForMs).toBeGreaterThan(runningForMs + 20);
      expect(later.runningForMs).toBeLessThanOrEqual(performance.now() - began + 1);
      expect(later.retryAfterMs).toBeGreaterThanOrEqual(250);
    });
    server.question.answer();
    expect((await server.running).turn.number).toBe(1);
  });

  it('may be an end, refused because of another server', async () => {
    await using server = await openRunning();
    await using elsewhere = await openServer({ prefix: server.prefix });
    await expect(elsewhere.end()).rejects.toMatchObject({
      reason: 'TURN_IN_PROGRESS',
      runningForMs: expect.any(Number) as number,
    });
    server.question.answer();
    await server.running;
  });
});

describe('turns that wait', () => {
  it('on one server run in order of arrival, however many arrive at once', async () => {
    await using server = await openRunning();
    using warnings = watchWarnings();
    const turnIds = names(30, 'turn').reverse();
    const results = turnIds.map((turnId) => server.turn(turnId, wait));
    await server.untilWaiting(turnIds.length);
    server.question.answer();
    void server.agent.answerAll();
    const numbers = (await Promise.all(results)).map(({ turn }) => turn.number);
    expect(numbers).toEqual(turnIds.map((_, index) => index + 2));
    expect(server.agent.asked).toEqual(['running', ...turnIds]);
    expect(warnings.told).toEqual([]);
    expect(await server.storedParts()).toEqual(restingParts);
  });

  it("on several servers run in order of arrival: many on one server do not keep out another's", async () => {
    await using busy = await openRunning();
    const { prefix, agent } = busy;
    await using calm = await openServer({ prefix, agent });
    const early = await enqueueInOrder(
      busy,
      0,
      names(10, 'early').map((turnId) => () => busy.turn(turnId, wait)),
    );
    const [calmTurn] = await enqueueInOrder(busy, 10, [() => calm.turn('calm', wait)]);
    // From here on the busy server gets two new turns for each finished one.
    const late = early.flatMap((turn, index) =>
      names(2, `late-${index}`).map((turnId) => turn.then(() => busy.turn(turnId, wait))),
    );
    busy.question.answer();
    void agent.answerAll();
    expect((await calmTurn)?.turn.number).toBe(12);
    const results = await Promise.all([...early, ...late]);
    const numbers = [1, 12, ...results.map(({ turn }) => turn.number)].sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(await busy.storedParts()).toEqual(restingParts);
  });

  it.each(['is committed', 'fails'])(
    'are not overtaken by others that arrive in the moment in which the one before %s',
    async (how) => {
      await using here = await openServer();
      const { prefix, agent } = here;
      await using elsewhere = await openServer({ prefix, agent });
      for (const turnId of names(15, how.replace(' ', '-'))) {
        const before = here.turn(`${turnId}-before`).catch(() => null);
        const question = await agent.question();
        const next = elsewhere.turn(`${turnId}-next`, wait);
        await here.untilWaiting(1);
        const flood = { isOn: true };
        const newcomers = [here, elsewhere, here].map(async (server, index) => {
          while (flood.isOn) {
            const newcomer = server.turn(`${turnId}-newcomer-${index}`);
            await expect(newcomer).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
          }
        });
        if (how === 'fails') question.fail();
        else question.answer();
        const nextQuestion = await agent.question();
        flood.isOn = false;
        await Promise.all([before, ...newcomers]);
        expect(nextQuestion.words).toBe(`${turnId}-next`);
        nextQuestion.answer();
        await next;
      }
    },
  );

  it('see what the turn before them has committed', async () => {
    await using server = await openRunning();
    const [second, third] = await enqueueInOrder(server, 0, [
      () => server.turn('second', wait),
      () => server.turn('third', wait),
    ]);
    server.question.answer({ destination: 'Bergen' });
    const { request, answer } = await server.agent.question();
    expect(request.briefing.collected).toEqual({ destination: 'Bergen' });
    answer({ nights: 2 });
    const last = await server.agent.question();
    expect(last.request.briefing.collected).toEqual({ destination: 'Bergen', nights: 2 });
    last.answer();
    expect((await second)?.turn).toMatchObject({ number: 2, collected: { nights: 2 } });
    expect((await third)?.workflowState.collected).toEqual({ destination: 'Bergen', nights: 2 });
  });

  it('report how long they waited, and that they got the lease', async () => {
    await using server = await openRunning();
    const began = performance.now();
    const [waited] = await enqueueInOrder(server, 0, [() => server.turn('second', wait)]);
    const waitedAtLeastMs = performance.now() - began;
    server.question.answer();
    (await server.agent.question()).answer();
    const result = await waited;
    const waitMs = result?.timings.waitMs ?? 0;
    expect(waitMs).toBeGreaterThanOrEqual(Math.floor(waitedAtLeastMs) - 1);
    expect(result?.latencyMs).toBeGreaterThanOrEqual(waitMs);
    expect(server.eventsOf('lease.contended')).toMatchObject([
      { call: 'turn', outcome: 'granted', waitedMs: waitMs },
    ]);
    expect((await server.running).timings.waitMs).toBe(0);
  });

  it('ask Redis nothing until they are notified, and are notified as the turn before ends', async () => {
    await using redis = await startOwnRedis();
    const slow = { url: redis.url, leaseTtlMs: 120_000, commandTimeoutMs: 20_000, turnWaitMaxMs: 120_000 };
    await using server = await openRunning(slow);
    await using elsewhere = await openServer({ ...slow, prefix: server.prefix });
    const [waited] = await enqueueInOrder(server, 0, [() => elsewhere.turn('second', wait)]);
    const monitor = await server.raw.monitor();
    const commands: string[] = [];
    monitor.on('monitor', (_time: string, words: string[]) => {
      // The running turn sends signs of life to its watchers; the waiting callers take no part in that.
      const isFeed = words[0] === 'spublish' && words[1]?.endsWith(':feed') === true;
      if (!isFeed && words.some((word) => word.startsWith(server.prefix))) commands.push(words.join(' '));
    });
    // A poll by timer would show up in this time; the mark ends the recording.
    const mark = `${server.prefix}:mark`;
    const quietUntil = performance.now() + 300;
    await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(quietUntil));
    await server.raw.exists(mark);
    await vi.waitFor(() => expect(commands.at(-1)).toBe(`exists ${mark}`));
    expect(commands).toEqual([`exists ${mark}`]);
    monitor.disconnect();

    server.question.answer();
    const first = await timed(server.running);
    const second = await timed(elsewhere.agent.question());
    // Without a message the handover would take far longer: the lease lasts two minutes and is kept for 40 s.
    expect(second.endedAt - first.endedAt).toBeLessThan(roomMs);
    second.result.answer();
    expect((await waited)?.turn.number).toBe(2);
  });
});

describe('a wait is bounded', () => {
  it.each([
    ['by what the call says', { turnWaitMaxMs: 60_000 }, 150],
    ['by what the server allows', { turnWaitMaxMs: 150 }, 60_000],
    ['by what the server allows, when the call says nothing', { turnWaitMaxMs: 150 }, undefined],
  ])('%s', async (_by, settings, waitMs) => {
    await using server = await openRunning(settings);
    const began = performance.now();
    await expect(server.turn('second', { ...wait, waitMs })).rejects.toMatchObject({
      reason: 'TURN_IN_PROGRESS',
      retryable: true,
      // The age now, not at the start of the wait.
      runningForMs: expect.toSatisfy((ms: number) => ms >= 140) as number,
    });
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThanOrEqual(149);
    expect(tookMs).toBeLessThan(150 + roomMs);
    expect(server.eventsOf('lease.contended')).toMatchObject([{ outcome: 'refused' }]);
    await server.untilWaiting(0);
    server.question.answer();
    await server.running;
    expect(await server.storedParts()).toEqual(restingParts);
  });

  it('and may be none at all', async () => {
    await using server = await openRunning();
    const refused = server.turn('second', { ...wait, waitMs: 0 });
    await expect(refused).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    server.question.answer();
    await server.running;
    expect(server.eventsOf('lease.contended')).toMatchObject([{ outcome: 'refused' }]);
  });
});

describe('an end among turns that wait', () => {
  it('waits its turn; what comes after it finds the conversation ended', async () => {
    await using server = await openRunning();
    const [end] = await enqueueInOrder(server, 0, [() => server.end(wait)]);
    const [after] = await enqueueInOrder(server, 1, [() => server.turn('after', wait)]);
    server.question.answer();
    expect((await end)?.workflowState).toMatchObject({ status: 'ended', turnCount: 1 });
    await expect(after).rejects.toMatchObject({ reason: 'WORKFLOW_ENDED' });
    expect(await server.storedParts()).toEqual(restingParts);
  });

  it('that purges leaves a fresh conversation to a turn after it, and none to an end', async () => {
    await using server = await openRunning();
    const [purged] = await enqueueInOrder(server, 0, [() => server.end({ ...wait, purge: true })]);
    const [fresh] = await enqueueInOrder(server, 1, [() => server.turn('fresh', wait)]);
    server.question.answer({ nights: 3 });
    const { request, answer } = await server.agent.question();
    expect(request.briefing.collected).toEqual({});
    answer();
    expect((await purged)?.purged).toBe(true);
    expect((await fresh)?.turn.number).toBe(1);

    const second = server.turn('second');
    const question = await server.agent.question();
    const [again, late] = await enqueueInOrder(server, 0, [
      () => server.end({ ...wait, purge: true }),
      () => server.end(wait),
    ]);
    question.answer();
    await second;
    expect((await again)?.purged).toBe(true);
    await expect(late).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    // The waiting caller might have opened it again, so it may be listed until the list is read.
    expect((await server.storedParts()).filter((name) => name !== 'conversations')).toEqual([]);
  });
});

describe('a server that shuts down', () => {
  it('refuses waiting calls with SHUTTING_DOWN, and lets the running turn finish', async () => {
    await using server = await openRunning();
    await using elsewhere = await openServer({ prefix: server.prefix, agent: server.agent });
    const [here, alsoHere, there] = await enqueueInOrder(server, 0, [
      () => server.turn('here', wait),
      () => server.end(wait).then(() => null),
      () => elsewhere.turn('there', wait),
    ]);
    const isDown = server.shutDown();
    await expect(here).rejects.toMatchObject({ reason: 'SHUTTING_DOWN', retryable: true });
    await expect(alsoHere).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' });
    await server.untilWaiting(1);
    server.question.answer();
    expect((await server.running).turn.number).toBe(1);
    await isDown;
    (await server.agent.question()).answer();
    expect((await there)?.turn.number).toBe(2);
    expect(await server.storedParts()).toEqual(restingParts);
  });
});
