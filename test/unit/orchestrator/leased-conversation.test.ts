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
  await using lease = await leaseConversation(dependencies, request, slot);
  if (lease.kind === 'replay') return lease;
  calls.push('work');
  await work(lease);
  return lease;
}

describe('what was loaded along with asking for the lease (I1, I4)', () => {
  it('is used when it was read under that very lease, without loading again', async () => {
    const speculative = loaded(ownToken);
    const ports = fakePorts({ acquire: 'granted', loads: [speculative] });
    expect(await run(ports)).toHaveProperty('loaded', speculative);
    expect(ports.calls).toEqual(['acquire', 'load', 'work', 'release']);
  });

  it.each([
    ['before the lease was won', null],
    ["under another's lease", 'token-of-another'],
  ])('is not used when it was read %s: it is loaded again under the lease', async (_when, token) => {
    const fresh = loaded(ownToken);
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(token), fresh] });
    expect(await run(ports)).toHaveProperty('loaded', fresh);
    expect(ports.calls).toEqual(['acquire', 'load', 'load', 'work', 'release']);
  });

  it('is never trusted when even the second reading was under another lease: this one is lost', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(null), loaded('token-of-another')] });
    await expect(run(ports)).rejects.toMatchObject({ reason: 'LEASE_LOST' });
    expect(ports.calls).toEqual(['acquire', 'load', 'load', 'release']);
  });

  it('is not either when the lease was interrupted meanwhile, which its caller is told', async () => {
    const interrupted = new TurnkeeperError('TURN_INTERRUPTED', 'another took its place');
    const loads = [loaded(null), loaded('place-of-another')];
    const ports = fakePorts({ acquire: 'granted', loads, aborted: interrupted });
    await expect(run(ports)).rejects.toBe(interrupted);
    expect(ports.calls).toEqual(['acquire', 'load', 'load', 'release']);
  });

  it('does not hide that the turn id was used meanwhile: that is answered, and the work not done', async () => {
    const loads = [loaded('token-of-another'), loaded(ownToken, used)];
    const ports = fakePorts({ acquire: 'granted', loads });
    expect(await run(ports)).toMatchObject({ kind: 'replay', committedTurn: used });
    expect(ports.calls).toEqual(['acquire', 'load', 'load', 'release']);
  });
});

describe('a lease that another holds (I1)', () => {
  it('does not keep a turn id that was used before from being answered', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [loaded('token-of-another', used)] });
    expect(await run(ports)).toMatchObject({ kind: 'replay', committedTurn: used });
    expect(ports.calls).toEqual(['acquire', 'load']);
    expect(ports.events).toEqual([]);
  });

  it('is told as TURN_IN_PROGRESS for any other, and as a contention', async () => {
    const ports = fakePorts({ acquire: 'held', loads: [loaded('token-of-another')] });
    await expect(run(ports)).rejects.toMatchObject({ reason: 'TURN_IN_PROGRESS' });
    expect(ports.calls).toEqual(['acquire', 'load']);
    expect(ports.events).toMatchObject([{ type: 'lease.contended', call: 'turn', outcome: 'refused', key }]);
  });

  it("is not told when it can't be known whether the turn id was used: the load's error is", async () => {
    const failure = unavailable('the load failed');
    const ports = fakePorts({ acquire: 'held', loads: [failure] });
    await expect(run(ports)).rejects.toBe(failure);
    expect(ports.events).toEqual([]);
  });
});

describe('a failure on the way to the work (I6)', () => {
  it("of asking for the lease is thrown as it is, though the load succeeded, even with the turn's replay", async () => {
    const failure = unavailable('the lease failed');
    const ports = fakePorts({ acquire: failure, loads: [loaded(null, used)] });
    await expect(run(ports)).rejects.toBe(failure);
    expect(ports.calls).toEqual(['acquire', 'load']);
  });

  it.each([
    ['the first load', [unavailable('the load failed')]],
    ['the second load', [loaded(null), unavailable('the load failed')]],
  ])('of %s gives the lease back', async (_which, loads) => {
    const ports = fakePorts({ acquire: 'granted', loads });
    await expect(run(ports)).rejects.toBe(loads.at(-1));
    expect(ports.calls).not.toContain('work');
    expect(ports.calls.slice(-1)).toEqual(['release']);
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
    expect(ports.calls).toEqual(['acquire', 'load', 'work', 'release']);
  });

  it('is only let go of, not given back, when a commit has freed it', async () => {
    const ports = fakePorts({ acquire: 'granted', loads: [loaded(ownToken)], commits: ['committed'] });
    await run(ports, (lease) => lease.commit(state));
    expect(ports.calls).toEqual(['acquire', 'load', 'work', 'stop', 'commit']);
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
      expect(ports.calls).toEqual(['acquire', 'load', 'work', 'stop', 'commit', 'release']);
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
