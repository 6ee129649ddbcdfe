import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { openServer, restingParts } from './open-server.ts';

const wait = { whenBusy: 'wait' } as const;
const interrupt = { whenBusy: 'interrupt' } as const;

let masters: Awaited<ReturnType<typeof startOwnRedis>>[] = [];

beforeAll(async () => {
  masters = await Promise.all([startOwnRedis(), startOwnRedis(), startOwnRedis()]);
});

afterAll(() => Promise.all(masters.map((master) => master[Symbol.asyncDispose]())));

/** Two servers whose leases three independent masters grant, one with a turn that waits for the agent. */
async function openTwo() {
  const lockUrls = masters.map(({ url }) => url);
  const here = await openServer({ lockUrls });
  const { agent, prefix } = here;
  const there = await openServer({ lockUrls, prefix, agent });
  const running = here.turn('running');
  running.catch(() => undefined);
  return {
    ...{ here, there, agent, running },
    question: await agent.question(),
    [Symbol.asyncDispose]: async () => {
      await there[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe('with leases of independent masters', () => {
  it('waiting turns run in order of arrival, on whichever server', async () => {
    await using two = await openTwo();
    const results = [];
    for (let number = 1; number <= 8; number += 1) {
      results.push((number % 2 === 0 ? two.here : two.there).turn(`turn-${number}`, wait));
      await two.here.untilWaiting(number);
    }
    two.question.answer();
    void two.agent.answerAll();
    const numbers = (await Promise.all(results)).map(({ turn }) => turn.number);
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await two.here.storedParts()).toEqual(restingParts);
  });

  it.each(['is committed', 'fails'])('they are not overtaken when the one before %s', async (how) => {
    await using two = await openTwo();
    const next = two.there.turn('next', wait);
    await two.here.untilWaiting(1);
    const flood = { isOn: true };
    const newcomers = [two.here, two.there, two.here].map(async (server, index) => {
      while (flood.isOn)
        await expect(server.turn(`newcomer-${index}`)).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    });
    if (how === 'fails') two.question.fail();
    else two.question.answer();
    const nextQuestion = await two.agent.question();
    flood.isOn = false;
    await Promise.all(newcomers);
    expect(nextQuestion.words).toBe('next');
    nextQuestion.answer();
    expect((await next).turn.number).toBe(how === 'fails' ? 1 : 2);
  });

  it('an interruption aborts the running turn, and runs before waiting turns', async () => {
    await using two = await openTwo();
    const waiting = two.here.turn('waiting', wait);
    await two.here.untilWaiting(1);
    const urgent = two.there.turn('urgent', interrupt);
    await expect(two.running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    two.question.answer();
    void two.agent.answerAll();
    expect((await urgent).turn.number).toBe(1);
    expect((await waiting).turn.number).toBe(2);
    expect(two.agent.asked).toEqual(['running', 'urgent', 'waiting']);
  });

  it('the same turn sent again waits for the result of the one that is running', async () => {
    await using two = await openTwo();
    const again = two.there.turn('running');
    await two.here.untilWaiting(1);
    two.question.answer();
    expect(await again).toMatchObject({ replayed: true, turn: { number: 1 } });
    expect((await two.running).replayed).toBe(false);
    expect(await two.here.storedParts()).toEqual(restingParts);
  });
});
