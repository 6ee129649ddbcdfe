import type { Dependencies } from '../../server/orchestrator/dependencies.ts';
import { noFaults } from '../../server/orchestrator/ports/fault-points.ts';
import type { Acquisition, Lease } from '../../server/orchestrator/ports/lease.ts';
import type { TurnkeeperEvent } from '../../server/orchestrator/ports/observer.ts';
import type { LoadedConversation } from '../../server/orchestrator/ports/workflow-state-store.ts';
import { TurnGate } from '../../server/orchestrator/turn-gate.ts';
import { randomIds } from '../../server/random-ids.ts';
import { ManualClock, ScriptedAgent } from '../../server/testing/index.ts';

/** A value that a port answers, or the error that it fails with. */
type Told<Value> = Value | Error;

interface Script {
  readonly acquire: Told<'granted' | 'held'>;
  /** What each load answers, in order; one more is a fault of the code under test. */
  readonly loads: readonly Told<LoadedConversation>[];
}

export const ownToken = 'own-token';

const tell = <Value>(told: Told<Value>): Promise<Value> =>
  told instanceof Error ? Promise.reject(told) : Promise.resolve(told);

const unexpected = (): Promise<never> => Promise.reject(new Error('this call was not expected'));

/** A store and a lease keeper that answer as told, and note what is done, in order. */
export function fakePorts({ acquire, loads }: Script) {
  const calls: string[] = [];
  const events: TurnkeeperEvent[] = [];
  const answers = [...loads];
  const lease: Lease = {
    token: ownToken,
    signal: new AbortController().signal,
    isFreedByCommit: true,
    stop: () => void calls.push('stop'),
    release: () => {
      calls.push('release');
      return Promise.resolve();
    },
  };
  const acquisition = (): Told<Acquisition> => {
    if (acquire instanceof Error) return acquire;
    return acquire === 'held' ? { kind: 'held' } : { kind: 'granted', lease };
  };
  const dependencies: Dependencies = {
    workflows: new Map(),
    store: {
      ttlSeconds: 60,
      load: () => {
        calls.push('load');
        return tell(answers.shift() ?? new Error('no further load was expected'));
      },
      read: unexpected,
      commit: unexpected,
      purge: unexpected,
      list: unexpected,
      isReachable: unexpected,
    },
    leases: {
      acquire: () => {
        calls.push('acquire');
        return tell(acquisition());
      },
      standInLine: () => {
        throw new Error('nobody was expected to wait');
      },
      interrupt: unexpected,
    },
    agent: new ScriptedAgent(),
    clock: new ManualClock(),
    ids: randomIds,
    observer: { tell: (event) => void events.push(event) },
    gate: new TurnGate(1),
    faultPoints: noFaults,
    settings: { turnTimeoutMs: 1_000, turnWaitMaxMs: 1_000, contextMaxChars: 1_000 },
  };
  return { dependencies, calls, events };
}
