import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../../server/answer/agent-failure.ts';
import { ManualClock } from '../../../../server/testing/manual-clock.ts';
import type { Answer } from '../../../../cli/emulator/service/answers.ts';
import { text } from '../../../../cli/emulator/service/activities.ts';
import { answersWith, says, staysSilent, streams } from '../../../../cli/emulator/service/answers.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { roomMs } from '../../../support/time.ts';
import { watchUnhandledRejections } from '../../../support/unhandled-rejections.ts';
import { read, saying, startCopilotWorld, tokensByUser } from './copilot-world.ts';
import type { CopilotWorld } from './copilot-world.ts';

const lost = new Error('the lease is lost');

const phases: readonly (readonly [string, Answer])[] = [
  ['while nothing has come yet', staysSilent],
  ['while the headers alone have come', streams([], { ending: 'hang' })],
  [
    'in the middle of a frame',
    streams([{ raw: 'event: activity\ndata: {"type":"mess' }], { ending: 'hang' }),
  ],
  ['between two frames', says('So far, so good', { ending: 'hang' })],
  ['while words drip in', says('x'.repeat(1_000), { pace: { bytes: 3, everyMs: 300 } })],
];

async function settle(call: Promise<unknown>): Promise<{ error: unknown; atMs: number }> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { error, atMs: performance.now() };
}

describe('An abort', () => {
  it.each(phases)('settles the turn at once and closes its connection, %s', async (_phase, answer) => {
    using rejections = watchUnhandledRejections();
    await using world = await startCopilotWorld();
    world.emulator.next('message', answer);
    const received = world.emulator.received('message');
    const turn = new AbortController();
    const settled = settle(read(world, saying('Good day'), { signal: turn.signal }));
    const { closed } = await received;
    await headersArrived(world, answer);
    const abortedAt = performance.now();
    turn.abort(lost);
    const { error, atMs } = await settled;
    expect(error).toBe(lost);
    expect(atMs - abortedAt).toBeLessThan(roomMs);
    expect(await closed).toBe('left');
    expect(performance.now() - abortedAt).toBeLessThan(roomMs);
    expect(world.emulator.posts().total).toBe(1);
    expect(rejections.unhandled).toEqual([]);
  });

  it.each(phases)('settles an opening as well, %s', async (_phase, answer) => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', answer);
    const received = world.emulator.received('start');
    const turn = new AbortController();
    const settled = settle(world.agent.open(callOptions({ signal: turn.signal })));
    const { closed } = await received;
    turn.abort(lost);
    expect((await settled).error).toBe(lost);
    expect(await closed).toBe('left');
  });

  it.each(['get', 'renew'] as const)('does not wait for a token (%s), and nothing is sent', async (asked) => {
    using rejections = watchUnhandledRejections();
    const turn = new AbortController();
    let failLate: (error: Error) => void = () => undefined;
    const never = new Promise<string>((_resolve, reject) => {
      failLate = reject;
    });
    const tokens = {
      ...tokensByUser,
      [asked]: () => {
        queueMicrotask(() => turn.abort(lost));
        return never;
      },
    };
    await using world = await startCopilotWorld({ tokens, emulator: { acceptedTokens: ['another'] } });
    const { error } = await settle(read(world, saying('Good day'), { signal: turn.signal }));
    expect(error).toBe(lost);
    expect(world.emulator.posts().total).toBe(asked === 'get' ? 0 : 1);
    failLate(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections.unhandled).toEqual([]);
  });

  it('of one turn is none of another', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('message', staysSilent);
    const received = world.emulator.received('message');
    const turn = new AbortController();
    const aborted = settle(read(world, saying('one'), { signal: turn.signal }));
    const { closed } = await received;
    world.emulator.next('message', says('Here I am', { pace: { bytes: 40, everyMs: 1 } }));
    const other = read(world, saying('two'));
    turn.abort(lost);
    expect((await aborted).error).toBe(lost);
    expect(await closed).toBe('left');
    expect(await other).toMatchObject({ failure: null });
  });
});

describe('A deadline', () => {
  it.each(phases)('ends the turn and its connection when it has come, %s', async (_phase, answer) => {
    const clock = new ManualClock();
    await using world = await startCopilotWorld({ clock });
    world.emulator.next('message', answer);
    const received = world.emulator.received('message');
    const reading = read(world, saying('Good day'), { deadlineAt: clock.now() + 5_000 });
    const { closed } = await received;
    clock.advance(4_999);
    clock.advance(1);
    expect((await reading).failure).toMatchObject({ outcome: 'timed-out' });
    expect(await closed).toBe('left');
  });

  it('that is over before anything was sent lets nothing be sent', async () => {
    const clock = new ManualClock();
    await using world = await startCopilotWorld({ clock });
    const { failure } = await read(world, saying('Good day'), { deadlineAt: clock.now() });
    expect(failure).toMatchObject({ outcome: 'timed-out' });
    expect(world.emulator.posts().total).toBe(0);
  });

  it('further off than any timer goes is no deadline', async () => {
    await using world = await startCopilotWorld();
    expect(await read(world, saying('Good day'), { deadlineAt: Number.MAX_SAFE_INTEGER })).toMatchObject({
      failure: null,
    });
  });
});

describe('A reader who leaves', () => {
  it('in the middle of an answer closes its connection', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('message', answersWith([text('one'), text('two')], { ending: 'hang' }));
    for await (const { text: words } of world.agent.send(saying('Good day'), callOptions())) {
      expect(words).toBe('one');
      break;
    }
    expect(await world.emulator.requests[0]?.closed).toBe('left');
  });

  it('while waiting for the next words is not kept waiting', async () => {
    using rejections = watchUnhandledRejections();
    await using world = await startCopilotWorld();
    world.emulator.next('message', says('one', { ending: 'hang' }));
    const answer = world.agent.send(saying('Good day'), callOptions())[Symbol.asyncIterator]();
    await answer.next();
    const waiting = settle(answer.next());
    const leftAt = performance.now();
    expect(await answer.return?.()).toMatchObject({ done: true });
    expect((await waiting).error).toBeInstanceOf(AgentFailure);
    expect(performance.now() - leftAt).toBeLessThan(roomMs);
    expect(await world.emulator.requests[0]?.closed).toBe('left');
    expect(rejections.unhandled).toEqual([]);
  });
});

describe('A turn that is over', () => {
  it.each([
    [
      'its answer has ended',
      streams([{ raw: 'event: activity\ndata: {}\n\nevent: end\ndata: end\n\n' }], { ending: 'hang' }),
    ],
    ['its answer is none', streams([{ data: 'no JSON' }], { ending: 'hang' })],
    ['its answer is of another type', streams([], { ending: 'hang', contentType: 'text/html' })],
  ])('has left the service, also where that keeps the connection open: %s', async (_why, answer) => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', answer);
    world.emulator.next('message', answer);
    await world.agent.open(callOptions()).catch(() => undefined);
    await read(world, saying('Good day'));
    const closings = world.emulator.requests.map(({ closed }) => closed);
    expect(await Promise.all(closings)).toEqual(['left', 'left']);
  });

  it('leaves no timer and no more listeners than one of the next', async () => {
    const timers = new Set<object>();
    const clock = {
      now: () => 0,
      after: () => {
        const timer = {};
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    };
    await using world = await startCopilotWorld({ clock });
    const turn = new AbortController();
    const how = { signal: turn.signal, deadlineAt: 5_000 };
    const listeners = [];
    for (const words of ['one', 'two', 'three', 'four']) {
      await world.agent.open(callOptions(how));
      expect(await read(world, saying(words), how)).toMatchObject({ failure: null });
      listeners.push(getEventListeners(turn.signal, 'abort').length);
    }
    expect(timers.size).toBe(0);
    expect(new Set(listeners).size).toBe(1);
  });
});

/** Waits for the first bytes of an answer that begins at once, before the test aborts it. */
async function headersArrived({ emulator }: CopilotWorld, answer: Answer): Promise<void> {
  if (answer.kind !== 'stream') return;
  while (emulator.requests[0]?.status === null) await new Promise((resolve) => setImmediate(resolve));
}
