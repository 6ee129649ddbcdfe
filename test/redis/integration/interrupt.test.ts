import { setImmediate } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import type { FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import { isTurnkeeperError } from '../../../server/testing/index.ts';
import { roomMs } from '../../support/time.ts';
import { AttendedAgent } from './attended-agent.ts';
import { HeldPoint } from './held-point.ts';
import { openServer, shortPrefix } from './open-server.ts';
import type { OpenServer } from './open-server.ts';
import { startAttendedServer } from './start-attended-server.ts';

const interrupt = { whenBusy: 'interrupt' } as const;
const wait = { whenBusy: 'wait' } as const;

interface Setting {
  readonly faultPoints?: FaultPoints;
  readonly heedsAborts?: boolean;
  readonly leaseTtlMs?: number;
}

/** Two servers, and a conversation of one turn that both serve. */
async function openTwo({ heedsAborts = false, leaseTtlMs = 10_000, ...setting }: Setting = {}) {
  const agent = new AttendedAgent({ heedsAborts });
  const here = await openServer({ agent, leaseTtlMs, ...setting });
  const there = await openServer({ agent, leaseTtlMs, prefix: here.prefix });
  const first = here.turn('first');
  (await agent.question()).answer({ destination: 'Bergen' });
  await first;
  return {
    ...{ here, there, agent },
    /** Starts a turn that waits for the agent. */
    begin: async (turnId: string, server: OpenServer = here) => {
      const running = server.turn(turnId);
      running.catch(() => undefined);
      return { running, question: await agent.question() };
    },
    [Symbol.asyncDispose]: async () => {
      await there[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

/** Everything stored, except the marks of interrupted leases, which expire. */
async function storedTurns(server: OpenServer): Promise<unknown> {
  const stored = Object.entries(await server.stored());
  return Object.fromEntries(stored.filter(([name]) => !name.includes(':interrupted:')));
}

/** The user's words in the committed turns, oldest first. */
async function committedWords({ get }: OpenServer): Promise<(string | undefined)[]> {
  const { messages } = await get();
  return messages.filter(({ role }) => role === 'user').map(({ text }) => text);
}

describe('a turn that is interrupted', () => {
  it.each([
    ['by another on its own server', 'here', false],
    ['by another on another server', 'there', false],
    ['and whose agent heeds that it is aborted', 'there', true],
  ] as const)(
    '%s is aborted at once, its caller gets TURN_INTERRUPTED, and the other runs',
    async (_by, where, heedsAborts) => {
      await using two = await openTwo({ heedsAborts, leaseTtlMs: 120_000 });
      const { running, question } = await two.begin('running');
      const aborted = new Promise((resolve) => question.signal.addEventListener('abort', resolve));
      const began = performance.now();
      const urgent = two[where].turn('urgent', interrupt);
      await aborted;
      // A message interrupted it: without one, only the next extension would, after a third of the lease's two minutes.
      expect(performance.now() - began).toBeLessThan(roomMs);
      expect(question.signal.reason).toMatchObject({ reason: 'TURN_INTERRUPTED' });
      // It fails before the other turn is through, although its agent does not stop.
      await expect(running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED', retryable: true });
      (await two.agent.question()).answer();
      expect(await urgent).toMatchObject({ replayed: false, turn: { number: 2 } });
      question.answer();
      expect(await committedWords(two.here)).toEqual(['first', 'urgent']);
      expect(two.here.eventsOf('turn.rolledBack')).toMatchObject([{ reason: 'TURN_INTERRUPTED' }]);
      expect(two.here.eventsOf('agent.failed')).toMatchObject([{ outcome: 'abandoned' }]);
      expect(two.here.eventsOf('lease.lost')).toMatchObject([{ reason: 'TURN_INTERRUPTED' }]);
      expect(two[where].eventsOf('lease.contended')).toMatchObject([{ outcome: 'granted' }]);
    },
  );

  it('leaves no trace, whatever the outcome of the one that took its place (I5)', async () => {
    await using two = await openTwo();
    const before = await storedTurns(two.here);
    const { running, question } = await two.begin('running');
    const urgent = two.there.turn('urgent', interrupt);
    urgent.catch(() => undefined);
    const urgentQuestion = await two.agent.question();
    await expect(running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    // The agent heard a turn that never happened, so its conversation is not continued.
    expect(urgentQuestion.request.agentConversationId).not.toBe(question.request.agentConversationId);
    expect(urgentQuestion.request.briefing.collected).toEqual({ destination: 'Bergen' });
    question.answer({ nights: 1 });
    urgentQuestion.fail();
    await expect(urgent).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    expect(await storedTurns(two.here)).toEqual(before);

    const { running: again, question: newQuestion } = await two.begin('running');
    newQuestion.answer();
    expect(await again).toMatchObject({ replayed: false, turn: { number: 2 } });
    // The mark of the interruption does not outlive the time in which its holder may return.
    const parts = await two.here.storedParts();
    expect(parts.filter((name) => !name.startsWith('interrupted:'))).toEqual([
      ...['conversations', 'log', 'state', 'turns'],
    ]);
  });

  it('may be an end: the conversation goes on', async () => {
    const faultPoints = new HeldPoint({ point: 'commit-due', turnId: null });
    await using two = await openTwo({ faultPoints });
    const end = two.here.end();
    end.catch(() => undefined);
    await faultPoints.reached;
    const urgent = two.there.turn('urgent', interrupt);
    const question = await two.agent.question();
    faultPoints.letGo();
    await expect(end).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    question.answer();
    expect(await urgent).toMatchObject({ turn: { number: 2 }, workflowState: { status: 'active' } });
    expect(two.here.eventsOf('conversation.ended')).toEqual([]);
  });

  it.each([
    ['an end', false],
    ['an end that purges', true],
  ])('may be so by %s', async (_by, purge) => {
    await using two = await openTwo();
    const { running, question } = await two.begin('running');
    const ended = await two.there.end({ ...interrupt, purge });
    expect(ended).toMatchObject({ purged: purge, workflowState: { status: 'ended', turnCount: 1 } });
    await expect(running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    question.answer();
    if (purge) await expect(two.here.get()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    else expect(await committedWords(two.here)).toEqual(['first']);
  });
});

describe('an interruption that meets the commit: either it is committed, or it is interrupted', () => {
  it('interrupted before the commit is sent, nothing is stored', async () => {
    const faultPoints = new HeldPoint({ point: 'commit-due', turnId: 'running' });
    await using two = await openTwo({ faultPoints });
    const { running, question } = await two.begin('running');
    question.answer({ nights: 1 });
    await faultPoints.reached;
    const urgent = two.there.turn('urgent', interrupt);
    const urgentQuestion = await two.agent.question();
    const before = await storedTurns(two.here);
    faultPoints.letGo();
    await expect(running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    expect(await storedTurns(two.here)).toEqual(before);
    urgentQuestion.answer();
    expect((await urgent).workflowState.collected).toEqual({ destination: 'Bergen' });
    expect(await committedWords(two.here)).toEqual(['first', 'urgent']);
  });

  it('committed before the interruption, it stands, and the other follows it', async () => {
    const faultPoints = new HeldPoint({ point: 'commit-sent', turnId: 'running' });
    await using two = await openTwo({ faultPoints });
    const { running, question } = await two.begin('running');
    question.answer({ nights: 1 });
    await faultPoints.reached;
    // The caller has not been told yet that the turn is committed.
    await expect.poll(() => committedWords(two.there)).toEqual(['first', 'running']);
    const urgent = two.there.turn('urgent', interrupt);
    const urgentQuestion = await two.agent.question();
    faultPoints.letGo();
    expect((await running).turn.number).toBe(2);
    urgentQuestion.answer();
    expect(await urgent).toMatchObject({ turn: { number: 3 }, workflowState: { collected: { nights: 1 } } });
    expect(await committedWords(two.here)).toEqual(['first', 'running', 'urgent']);
  });

  it('whichever is first, if both arrive at the same moment', async () => {
    await using two = await openTwo();
    const expected = ['first'];
    const outcomes = new Set<string>();
    for (let round = 0; round < 40; round += 1) {
      const { running, question } = await two.begin(`running-${round}`);
      const urgent = two.there.turn(`urgent-${round}`, interrupt);
      // A little later every time, so that commit and interruption meet in every order.
      for (let pause = 0; pause < round / 2; pause += 1) await setImmediate();
      question.answer();
      (await two.agent.question()).answer();
      const outcome = await running.then(
        () => 'committed',
        (error: unknown) => (isTurnkeeperError(error) ? error.reason : 'INTERNAL'),
      );
      outcomes.add(outcome);
      if (outcome === 'committed') expected.push(`running-${round}`);
      expected.push(`urgent-${round}`);
      expect((await urgent).turn.number).toBe(expected.length);
    }
    expect(await committedWords(two.here)).toEqual(expected.slice(-50));
    // Which of them is first is chance; the two tests before this one choose.
    expect(['TURN_INTERRUPTED', 'committed']).toEqual(expect.arrayContaining([...outcomes]));
  });
});

describe('a turn that interrupts', () => {
  it('is an ordinary one when nothing is running', async () => {
    await using two = await openTwo();
    const urgent = two.there.turn('urgent', interrupt);
    (await two.agent.question()).answer();
    expect(await urgent).toMatchObject({ turn: { number: 2 }, timings: { waitMs: 0 } });
    expect(two.there.eventsOf('lease.contended')).toEqual([]);
  });

  it('does not interrupt itself: sent again, it waits for the result of the one that is running', async () => {
    await using two = await openTwo();
    const { running, question } = await two.begin('running');
    const again = two.there.turn('running', interrupt);
    await two.here.untilWaiting(1);
    expect(question.signal.aborted).toBe(false);
    question.answer();
    expect((await running).replayed).toBe(false);
    expect(await again).toMatchObject({ replayed: true, turn: { number: 2 } });
    expect(two.agent.asked).toEqual(['first', 'running']);
  });

  it('goes before waiting turns, which keep their order', async () => {
    await using two = await openTwo();
    const { running } = await two.begin('running');
    const second = two.there.turn('second', wait);
    await two.here.untilWaiting(1);
    const third = two.here.turn('third', wait);
    await two.here.untilWaiting(2);
    const urgent = two.there.turn('urgent', interrupt);
    void two.agent.answerAll();
    await expect(running).rejects.toMatchObject({ reason: 'TURN_INTERRUPTED' });
    const numbers = (await Promise.all([urgent, second, third])).map(({ turn }) => turn.number);
    expect(numbers).toEqual([2, 3, 4]);
    expect(two.agent.asked).toEqual(['first', 'running', 'urgent', 'second', 'third']);
  });

  it.each([2, 8])('may meet others, %i at once: some run, the others are interrupted', async (count) => {
    await using two = await openTwo();
    await two.begin('running');
    const urgent = Array.from({ length: count }, (_, index) =>
      (index % 2 === 0 ? two.here : two.there).turn(`urgent-${index}`, interrupt),
    );
    void two.agent.answerAll();
    const committed: string[] = [];
    for (const outcome of await Promise.allSettled(urgent)) {
      if (outcome.status === 'fulfilled') committed[outcome.value.turn.number - 2] = outcome.value.turnId;
      else expect(outcome.reason).toMatchObject({ reason: 'TURN_INTERRUPTED' });
    }
    expect(committed.length).toBeGreaterThan(0);
    expect(await committedWords(two.here)).toEqual(['first', ...committed]);
  });
});

describe('a server that is frozen in a turn', () => {
  it('loses the turn to an interruption at once, and stores nothing of it when it goes on', async () => {
    await using here = await openServer({ prefix: shortPrefix(), leaseTtlMs: 120_000 });
    await using frozen = await startAttendedServer({
      REDIS_URL: inject('redisUrl'),
      REDIS_PREFIX: here.prefix,
      LOCK_TTL_MS: '120000',
    });
    const asked = frozen.asked();
    const running = frozen.turn('running');
    expect(await asked).toEqual({ asked: 'running' });
    frozen.signal('SIGSTOP');
    const began = performance.now();
    const urgent = here.turn('urgent', interrupt);
    const question = await here.agent.question();
    // Its lease would have lasted some minutes longer.
    expect(performance.now() - began).toBeLessThan(roomMs);
    question.answer();
    expect((await urgent).turn.number).toBe(1);
    const before = await here.stored();
    frozen.answer();
    frozen.signal('SIGCONT');
    const { status, error } = await running;
    expect(status).toBe(409);
    expect(['TURN_INTERRUPTED', 'LEASE_LOST']).toContain(error?.data.reason);
    expect(await here.stored()).toEqual(before);
    expect(await committedWords(here)).toEqual(['urgent']);
  });
});
