import { describe, expect, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import { leaseConversation } from '../../../server/orchestrator/lease-conversation.ts';
import type { Replay } from '../../../server/orchestrator/lease-conversation.ts';
import type { LeasedConversation } from '../../../server/orchestrator/leased-conversation.ts';
import type { FaultPoints } from '../../../server/orchestrator/ports/fault-points.ts';
import type { TurnSlot } from '../../../server/orchestrator/turn-gate.ts';
import type {
  CommittedTurn,
  LoadedConversation,
} from '../../../server/orchestrator/ports/workflow-state-store.ts';
import { OutcomeUnknown } from '../../../server/orchestrator/failures.ts';
import { key, turnCommit } from '../../redis/store/sample-turns.ts';
import { fakePorts, ownToken } from './fake-ports.ts';

type Ports = ReturnType<typeof fakePorts>;

const used: CommittedTurn = { turnNumber: 1, inputDigest: 'digest', record: null };

/** The result of a load that found the conversation under this lease. */
const loaded = (
  leaseToken: string | null,
  committedTurn: CommittedTurn | null = null,
): LoadedConversation => ({
  leaseToken,
  holder: null,
  state: null,
  committedTurn,
  lastTurns: [],
  cardTurn: null,
});

const unavailable = (message: string) => new TurnkeeperError('STATE_STORE_UNAVAILABLE', message);

type Work = (lease: LeasedConversation) => Promise<void>;

/** Works under the lease, if it is granted, and records that among the calls to the ports. */
async function run(
  { dependencies, calls }: Ports,
  work: Work = () => Promise.resolve(),
): Promise<LeasedConversation | Replay> {
  const slot: TurnSlot = { whileWaiting: (wait) => wait(), [Symbol.dispose]: () => undefined };
  const request = { key, turnId: 'turn-1', whenBusy: 'reject', waitMs: undefined } as const;
  await using lease = await leaseConversation(dependencies, request, { slot });
  if (lease.kind === 'replay') return lease;
  calls.push('work');
  await work(lease);
  return lease;
}

describe('a conversation that was loaded with the lease (I1, I4)', () => {
  it('is what the work goes on with', async () => {
    const found = loaded(ownToken);
    const ports = fakePorts({ acquire: 'granted', loads: [found] });
    expect(await run(ports)).toHaveProperty('loaded', found);
    expect(ports.calls).toEqual(['acquire', 'work', 'release']);
  });

  it('answers a turn id that was used before, and the work is not done', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken, used)] });
    expect(await run(ports)).toMatchObject({ kind: 'replay', committedTurn: used });
    expect(ports.calls).toEqual(['acquire', 'release']);
  });
});

describe('a lease that another holds (I1)', () => {
  it('does not keep a turn id that was used before from being answered', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [loaded('token-of-another', used)] });
    expect(await run(ports)).toMatchObject({ kind: 'replay', committedTurn: used });
    expect(ports.calls).toEqual(['acquire']);
    expect(ports.events).toEqual([]);
  });

  it('is told as TURN_IN_PROGRESS for any other, and as a contention', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [loaded('token-of-another')] });
    await expect(run(ports)).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    expect(ports.calls).toEqual(['acquire']);
    expect(ports.events).toMatchObject([{ type: 'lease.contended', call: 'turn', outcome: 'refused', key }]);
  });
});

describe('a failure on the way to the work (I6)', () => {
  it('of asking for the lease is thrown as it is, and there is nothing to give back', async () => {
    const failure = unavailable('the lease failed');
    const ports = fakePorts({ acquire: failure, loads: [] });
    await expect(run(ports)).rejects.toBe(failure);
    expect(ports.calls).toEqual(['acquire']);
    expect(ports.events).toEqual([]);
  });
});

describe('the lease after the work', () => {
  const state = turnCommit(ownToken, null).state;
  const breaking: FaultPoints = {
    reach: (point) => {
      if (point === 'release-due') throw new Error('a fault');
    },
  };

  it('is given back when the work fails', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)] });
    const failure = new Error('the work failed');
    const failing = run(ports, () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    expect(ports.calls).toEqual(['acquire', 'work', 'release']);
  });

  it('is only let go of, not given back, when a commit has freed it', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)], commits: ['committed'] });
    await run(ports, (lease) => lease.commit(state));
    expect(ports.calls).toEqual(['acquire', 'work', 'stop', 'commit']);
  });

  it.each([
    ['lease-lost', 'LEASE_LOST'],
    ['interrupted', 'TURN_INTERRUPTED'],
    ['state-changed', 'STATE_CHANGED'],
  ] as const)(
    'is given back when the commit is answered %s, and the call fails with %s',
    async (result, reason) => {
      const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)], commits: [result] });
      await expect(run(ports, (lease) => lease.commit(state))).rejects.toMatchObject({ reason });
      expect(ports.calls).toEqual(['acquire', 'work', 'stop', 'commit', 'release']);
    },
  );

  it('is given back when the commit is not confirmed, and the call says that its outcome is unknown', async () => {
    const commits = [unavailable('no answer')];
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)], commits });
    await expect(run(ports, (lease) => lease.commit(state))).rejects.toBeInstanceOf(OutcomeUnknown);
    expect(ports.calls.slice(-1)).toEqual(['release']);
  });

  it("does not mask the work's own error when giving it back goes wrong, which is reported", async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)] });
    const failure = new Error('the work failed');
    const dependencies = { ...ports.dependencies, faultPoints: breaking };
    await expect(run({ ...ports, dependencies }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(ports.calls.slice(-1)).toEqual(['release']);
    expect(ports.events).toMatchObject([{ type: 'error.unexpected', error: { message: 'a fault' } }]);
  });
});
