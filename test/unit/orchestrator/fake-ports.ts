import type { LiveEvent } from '../../../contract/watch-events.ts';
import { Cancellation } from '../../../server/orchestrator/cancellation.ts';
import type { Dependencies } from '../../../server/orchestrator/dependencies.ts';
import { noFaults } from '../../../server/orchestrator/ports/fault-points.ts';
import { LiveDeltas } from '../../../server/watch/live-deltas.ts';
import { noLiveObserver } from '../../../server/orchestrator/ports/live-observer.ts';
import type { Acquisition, Lease } from '../../../server/orchestrator/ports/lease.ts';
import type { TurnkeeperEvent } from '../../../server/orchestrator/ports/observer.ts';
import type {
  CommitResult,
  LoadedConversation,
} from '../../../server/orchestrator/ports/workflow-state-store.ts';
import { InputDigests } from '../../../server/orchestrator/input-digest.ts';
import { TurnGate } from '../../../server/orchestrator/turn-gate.ts';
import { WatchGate } from '../../../server/orchestrator/watch-gate.ts';
import { randomIds } from '../../../server/random-ids.ts';
import { ManualClock, ScriptedAgent } from '../../../server/testing/index.ts';

/** A cancellation that has happened, unless there is no reason for it. */
export function cancelledBy(reason: Error | undefined): Cancellation {
  const cancellation = new Cancellation();
  if (reason !== undefined) cancellation.cancel(reason);
  return cancellation;
}

/** A port's result, or the error with which it fails. */
type Told<Value> = Value | Error;

/** The result of each call, in order; a call without one is a fault of the code under test. */
interface Script {
  /** A single result applies to every call. */
  readonly acquire: Told<'granted' | 'held'> | readonly Told<'granted' | 'held'>[];
  /** What is loaded with each answer to the request for the lease. */
  readonly loads: readonly Told<LoadedConversation>[];
  readonly commits?: readonly Told<CommitResult>[];
  /** The outcomes of waiting for a notification. */
  readonly waits?: readonly Told<'called' | 'timed-out'>[];
  /** Duration of each of these waits by the clock, in milliseconds. @default 0 */
  readonly eachWaitMs?: number;
  readonly interrupts?: readonly Told<boolean>[];
  /** The reason for which the lease is lost. @default it is not */
  readonly aborted?: Error;
}

export const ownToken = 'own-token';

const tell = <Value>(told: Told<Value>): Promise<Value> =>
  told instanceof Error ? Promise.reject(told) : Promise.resolve(told);

function next<Value>(answers: Told<Value>[]): Told<Value> {
  return answers.shift() ?? new Error('this call was not expected');
}

const unexpected = (): Promise<never> => Promise.reject(new Error('this call was not expected'));

/** A store and a lease keeper that return scripted results and record their calls in order. */
export function fakePorts(script: Script) {
  const { acquire, loads, commits = [], waits = [], eachWaitMs = 0, interrupts = [], aborted } = script;
  const calls: string[] = [];
  const events: TurnkeeperEvent[] = [];
  const shown: LiveEvent[] = [];
  const deltas = new LiveDeltas();
  const clock = new ManualClock();
  const answers = {
    loads: [...loads],
    commits: [...commits],
    waits: [...waits],
    interrupts: [...interrupts],
  };
  const isOneAnswer = typeof acquire === 'string' || acquire instanceof Error;
  const acquisitions = isOneAnswer ? [] : [...acquire];
  const lease: Lease = {
    token: ownToken,
    loss: cancelledBy(aborted),
    isFreedByCommit: true,
    stop: () => void calls.push('stop'),
    release: () => {
      calls.push('release');
      return Promise.resolve();
    },
  };
  const acquisition = (): Told<Acquisition> => {
    const told = isOneAnswer ? acquire : next(acquisitions);
    if (told instanceof Error) return told;
    const loaded = next(answers.loads);
    if (loaded instanceof Error) return loaded;
    return told === 'held' ? { kind: 'held', loaded } : { kind: 'granted', lease, loaded };
  };
  const gate = new TurnGate({ maxTurnsInFlight: 1, maxTurnsWaiting: 1 }, clock);
  const dependencies: Dependencies = {
    workflows: { current: new Map() },
    store: {
      ttlSeconds: 60,
      read: unexpected,
      readAfter: unexpected,
      commit: () => {
        calls.push('commit');
        return tell(next(answers.commits));
      },
      purge: unexpected,
      list: unexpected,
      isReachable: unexpected,
    },
    digests: new InputDigests([]),
    leases: {
      isReachable: unexpected,
      acquire: () => {
        calls.push('acquire');
        return tell(acquisition());
      },
      enqueue: (_key, _place, { at, maxMs }) => {
        calls.push(`queue at the ${at} for ${maxMs} ms`);
        return {
          untilCalled: () => {
            calls.push('wait');
            clock.advance(eachWaitMs);
            return tell(next(answers.waits));
          },
          leave: () => {
            calls.push('leave');
            return Promise.resolve();
          },
        };
      },
      interrupt: (_key, _place, owner) => {
        calls.push(`interrupt ${owner}`);
        return tell(next(answers.interrupts));
      },
      stop: unexpected,
    },
    usageLimits: null,
    agent: new ScriptedAgent(),
    clock,
    ids: randomIds,
    observer: { tell: (event) => void events.push(event) },
    live: { ...noLiveObserver, show: (_turn, live) => void shown.push(...deltas.to(live)) },
    feed: { listen: unexpected },
    gate,
    watchers: new WatchGate({ maxWatchers: 0, maxWatchersPerUser: 0 }, gate.closing),
    faultPoints: noFaults,
    settings: {
      turnTimeoutMs: 1_000,
      turnWaitMaxMs: 1_000,
      maxTurnsWaitingPerConversation: 8,
      contextMaxChars: 1_000,
    },
  };
  return { dependencies, calls, events, shown, clock };
}
