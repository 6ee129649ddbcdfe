import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Fault, State } from './protocol-state.ts';
import { modelOf, purge, turn } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { timeline } from './timeline.ts';

const allFaults: Fault[] = [
  ...(['expiry', 'crash', 'agent failure'] as const),
  ...(['timeout', 'loss', 'straying', 'resend'] as const),
  ...(['lost call', 'impatience'] as const),
];
/** Requests that arrive later multiply the states most. */
const noStrays = allFaults.filter((fault) => fault !== 'straying');

/** Expects that every reachable state keeps every invariant and can come to rest; otherwise shows a counterexample. */
function expectToHold(name: string, scenario: Scenario): void {
  const began = Date.now();
  const { states, transitions, depth, counterexample } = explore(modelOf(scenario));
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `model: ${name}: ${states} states, ${transitions} transitions, depth ${depth}, ${seconds} s\n`,
  );
  expect(counterexample === null ? '' : timeline(counterexample)).toBe('');
}

describe('a lease and its commit keep every invariant in every interleaving', { timeout: 600_000 }, () => {
  test('of two servers and two turns, whatever two things go wrong', () => {
    expectToHold('two turns', {
      servers: 2,
      calls: [turn(1, 'reject'), turn(2, 'reject')],
      faults: allFaults,
      faultsAtMost: 2,
    });
  });

  test('of two servers, a turn and its retry, whatever two things go wrong', () => {
    expectToHold('a retry', {
      servers: 2,
      calls: [turn(1, 'reject', 2)],
      faults: allFaults,
      faultsAtMost: 2,
    });
  });

  test('of two servers, two turns and a retry, whatever two things go wrong but a request that strays', () => {
    expectToHold('two turns and a retry', {
      servers: 2,
      calls: [turn(1, 'reject', 2), turn(2, 'reject')],
      faults: noStrays,
      faultsAtMost: 2,
    });
  });

  test('of two servers, two turns and a retry of each, whatever goes wrong but a request that strays', () => {
    expectToHold('two turns and two retries', {
      servers: 2,
      calls: [turn(1, 'reject', 2), turn(2, 'reject', 2)],
      faults: noStrays,
      faultsAtMost: 1,
    });
  });

  test('of three servers, two turns and a retry, whatever goes wrong', () => {
    expectToHold('three servers', {
      servers: 3,
      calls: [turn(1, 'reject', 2), turn(2, 'reject')],
      faults: allFaults,
      faultsAtMost: 1,
    });
  });

  test('of three turns that wait in the queue, when one loses its lease, dies, misses its message or loses patience', () => {
    expectToHold('a queue of three', {
      servers: 3,
      calls: [turn(1, 'wait'), turn(2, 'wait'), turn(3, 'wait')],
      faults: ['expiry', 'crash', 'lost call', 'impatience'],
      faultsAtMost: 1,
    });
  });

  test('of three turns that wait where one may wait, when one of those things happens', () => {
    expectToHold('a queue of one', {
      servers: 3,
      calls: [turn(1, 'wait'), turn(2, 'wait'), turn(3, 'wait')],
      faults: ['expiry', 'crash', 'lost call', 'impatience'],
      faultsAtMost: 1,
      queueAtMost: 1,
    });
  });

  test('of a turn that interrupts another and its retry, whatever goes wrong but a request that strays', () => {
    expectToHold('an interruption', {
      servers: 2,
      calls: [turn(1, 'wait'), turn(1, 'reject'), turn(2, 'interrupt')],
      faults: noStrays,
      faultsAtMost: 1,
    });
  });

  test('of two turns that interrupt each other while a third waits, when a lease or a server is lost', () => {
    expectToHold('two interruptions', {
      servers: 2,
      calls: [turn(1, 'interrupt'), turn(2, 'interrupt'), turn(3, 'wait')],
      faults: ['expiry', 'crash'],
      faultsAtMost: 1,
    });
  });

  test('of a purge and turns that open the conversation again, whatever goes wrong', () => {
    expectToHold('a purge', {
      servers: 2,
      calls: [turn(1, 'reject', 2), purge('wait')],
      // A repeated request may get `lease-lost`, which a test of its own shows.
      faults: allFaults.filter((fault) => fault !== 'resend'),
      faultsAtMost: 1,
    });
  });

  test('of leases that other Redis grant to anybody, whatever goes wrong but a request that strays', () => {
    // A quorum of masters that lost all their memory could do no worse: safety rests on the commit alone (I3).
    expectToHold('leases elsewhere', {
      servers: 2,
      calls: [turn(1, 'reject', 2), turn(2, 'interrupt')],
      without: ['commitFreesLease'],
      faults: noStrays,
      faultsAtMost: 1,
    });
  });

  test('of a failover to a lagging replica, if commits and replays wait for it', () => {
    expectToHold('a failover', {
      servers: 2,
      calls: [turn(1, 'reject', 2), turn(2, 'reject')],
      hasReplica: true,
      faults: ['failover', 'timeout', 'loss'],
      faultsAtMost: 1,
      // The failover lost the lease, and with it the note of what the agent heard.
      overlooking: ['agent-memory'],
    });
  });
});

describe("the model reaches the protocol's goals", () => {
  /** Finds a path to a state, as a breach of the claim that there is none. */
  const canReach = (
    goal: (state: State) => boolean,
    scenario: Omit<Scenario, 'faults' | 'faultsAtMost'>,
  ): boolean => {
    const model = modelOf({ ...scenario, faults: [], faultsAtMost: 0 });
    const found = explore({ ...model, faultIn: (state) => (goal(state) ? 'found' : null) });
    return found.counterexample !== null;
  };
  const isOver = ({ servers, callsLeft }: State): boolean =>
    callsLeft.every((left) => left === 0) && servers.every(({ attempt }) => attempt === null);

  test('turns that wait are all committed, in any order', () => {
    const calls = [turn(1, 'wait'), turn(2, 'wait'), turn(3, 'wait')];
    for (const order of ['1,2,3', '1,3,2', '3,2,1']) {
      const isInOrder = (state: State) => state.redis.log.map(({ turnId }) => turnId).join() === order;
      expect(canReach((state) => isOver(state) && isInOrder(state), { servers: 3, calls })).toBe(true);
    }
  });

  test('a turn that finds the queue full is refused, and one that finds room is not', () => {
    const calls = [turn(1, 'wait'), turn(2, 'wait'), turn(3, 'wait')];
    const isRefused = (state: State) =>
      isOver(state) && state.refused.length === 1 && state.redis.log.length === 2;
    expect(canReach(isRefused, { servers: 3, calls, queueAtMost: 1 })).toBe(true);
    expect(canReach(({ refused }) => refused.length > 0, { servers: 3, calls, queueAtMost: 2 })).toBe(false);
  });

  test('a turn that is sent twice at once is acknowledged twice and committed once', () => {
    const isOnce = ({ redis, refused, acknowledged }: State) =>
      redis.log.length === 1 && acknowledged.length === 1 && refused.length === 0;
    const calls = [turn(1, 'reject', 2)];
    expect(canReach((state) => isOver(state) && isOnce(state), { servers: 2, calls })).toBe(true);
  });

  test('a turn that interrupts is committed in place of the one that ran', () => {
    const isInPlace = ({ redis, refused }: State) => refused.length === 1 && redis.log[0]?.turnId === 2;
    const calls = [turn(1, 'reject'), turn(2, 'interrupt')];
    const isInterrupted = (state: State) =>
      isOver(state) && isInPlace(state) && state.redis.interrupted.length === 1;
    expect(canReach(isInterrupted, { servers: 2, calls })).toBe(true);
  });

  test('a conversation is opened again after its purge', () => {
    const isReopened = ({ redis, purged }: State) => purged.length === 1 && redis.log.length === 1;
    const calls = [turn(1, 'reject', 2), purge('wait')];
    expect(canReach((state) => isOver(state) && isReopened(state), { servers: 2, calls })).toBe(true);
  });
});
