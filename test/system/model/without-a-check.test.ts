import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { modelOf, purge, turn } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { timeline } from './timeline.ts';

type Attack = Partial<Scenario> & Pick<Scenario, 'faults'>;

/**
 * Explores two turns and a retry on two servers, with any of the faults; returns the first broken invariant and a
 * shortest path to it.
 */
function explored(attack: Attack): { broken: string; told: string } {
  const { counterexample } = explore(
    modelOf({
      servers: 2,
      calls: [turn(1, 'reject', 2), turn(2, 'reject')],
      faultsAtMost: attack.faults.length,
      ...attack,
    }),
  );
  if (counterexample === null) return { broken: 'nothing', told: '' };
  const [broken = ''] = counterexample.fault.split(':');
  return { broken, told: timeline(counterexample) };
}

/** Defines a test that prints the counterexample (`--reporter=verbose` shows it). */
function breaks(title: string, invariant: string, attack: Attack): void {
  test(title, async ({ annotate }) => {
    const { broken, told } = explored(attack);
    await annotate(told);
    expect(broken, told).toBe(invariant);
  });
}

function holds(title: string, attack: Attack): void {
  test(title, () => {
    const { broken, told } = explored(attack);
    expect(broken, told).toBe('nothing');
  });
}

describe("without checking the lease's owner when it is acquired,", () => {
  breaks('a call takes it from another that is under way', 'exclusive', {
    without: ['acquireChecksOwner'],
    faults: [],
  });
  holds('the checks of the commit still keep what is stored and acknowledged right', {
    without: ['acquireChecksOwner'],
    overlooking: ['exclusive'],
    faults: ['expiry'],
  });
});

describe('without the fence, the check of the lease token in the commit,', () => {
  breaks('a call commits after its lease ran out', 'fenced', {
    without: ['commitChecksToken'],
    faults: ['expiry'],
  });
  breaks('and without the check of the revision, an acknowledged turn is overwritten', 'acknowledged', {
    without: ['commitChecksToken', 'commitChecksRevision'],
    overlooking: ['fenced'],
    faults: ['expiry'],
  });
  breaks('and without the check of the revision, a turn is committed twice', 'once', {
    without: ['commitChecksToken', 'commitChecksRevision'],
    overlooking: ['fenced', 'acknowledged'],
    faults: ['expiry'],
  });
  breaks('and without the check of incarnation and revision, a purged conversation comes back', 'purged', {
    calls: [turn(1, 'reject'), turn(2, 'reject'), purge('wait')],
    without: ['commitChecksToken', 'commitChecksRevision'],
    overlooking: ['fenced', 'exclusive', 'acknowledged', 'numbers'],
    faults: ['expiry'],
  });
  holds('the check of the revision alone still keeps what is stored and acknowledged right', {
    without: ['commitChecksToken'],
    overlooking: ['fenced'],
    faults: ['expiry', 'resend'],
  });
});

describe('without the check of the revision in the commit,', () => {
  holds('the lease token covers for it, because the state is loaded in the step that takes the lease', {
    without: ['commitChecksRevision'],
    faults: ['resend', 'expiry'],
  });
});

describe("without the check that the log's numbers go on,", () => {
  holds('the check of the revision covers for it: it is for a log that outlived its state', {
    without: ['commitChecksLog'],
    faults: ['expiry'],
  });
});

describe('without looking up the turn id,', () => {
  breaks('a turn that is sent again is committed again', 'once', { without: ['loadTellsUse'], faults: [] });
});

describe('without the mark that an earlier holder did not finish,', () => {
  breaks('an agent conversation goes on that heard a turn which never happened', 'agent-memory', {
    without: ['marksStale'],
    faults: ['crash'],
  });
  breaks('or a holder that could not reach the agent drops the note it found', 'agent-memory', {
    calls: [turn(1, 'reject', 3), turn(2, 'reject')],
    without: ['keepsStale'],
    faults: ['crash', 'agent failure'],
  });
});

describe('when a request is sent again because its answer was lost,', () => {
  breaks('an acquire script that does not recognize its own token refuses its own lease', 'own-lease', {
    without: ['acquireKnowsItself'],
    faults: ['resend'],
  });
  breaks('a commit that does not recognize its own work reports it as lost', 'refused', {
    without: ['commitKnowsItsState', 'commitKnowsItsTurn'],
    faults: ['resend'],
  });
  breaks(
    'a commit that recognizes only the last state reports its work as lost, once another committed',
    'refused',
    {
      without: ['commitKnowsItsTurn'],
      faults: ['resend'],
    },
  );
  holds("a turn's commit that knows its turn id's record needs no other sign: that is for an end's", {
    without: ['commitKnowsItsState'],
    faults: ['resend'],
  });
  breaks(
    'a purge is reported as lost once another took the lease: nothing purged is left to recognize',
    'refused',
    {
      calls: [turn(1, 'reject', 2), purge('wait')],
      faults: ['resend'],
    },
  );
});

describe('without reporting an unknown outcome to the client,', () => {
  breaks('a commit whose reply is lost is reported as a failure, and is none', 'refused', {
    without: ['admitsNotToKnow'],
    faults: ['timeout'],
  });
});

describe('of the callers in the queue,', () => {
  const calls = [turn(1, 'wait'), turn(2, 'wait')];
  const stuck = 'from here nothing leads to rest';
  breaks('the first is never served if the holder dies and no caller checks the lease', stuck, {
    calls,
    without: ['enqueuesAgain'],
    faults: ['crash'],
  });
  breaks('the first is never served if the notification is lost and no caller checks the lease', stuck, {
    calls,
    without: ['enqueuesAgain'],
    faults: ['lost call'],
  });
  breaks('none is served if nobody is notified and no caller checks the lease', stuck, {
    calls,
    without: ['enqueuesAgain', 'handsOver'],
    faults: [],
  });
});

describe('when a lagging replica takes over,', () => {
  const failover = { hasReplica: true, overlooking: ['agent-memory'] } as const;
  breaks('a turn is lost that was acknowledged without waiting for the replica', 'acknowledged', {
    ...failover,
    without: ['commitWaits'],
    faults: ['failover'],
  });
  breaks('a turn is lost that was replayed without waiting for the replica', 'acknowledged', {
    ...failover,
    without: ['replayWaits'],
    faults: ['failover'],
  });
  breaks('even so an agent may remember a turn whose lease was forgotten with it', 'agent-memory', {
    hasReplica: true,
    faults: ['failover'],
  });
});
