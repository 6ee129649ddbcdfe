import { canonicalKey } from './canonical-key.ts';
import { clientSteps } from './client-steps.ts';
import { faultSteps, timeSteps } from './fault-steps.ts';
import { idle } from './change-state.ts';
import type { Model } from './explore.ts';
import { breachIn } from './invariants.ts';
import type { Call, Fault, Invariant, Keys, State, TurnId } from './protocol-state.ts';
import { redisSteps } from './redis-steps.ts';
import { protocol } from './rules.ts';
import type { Rules } from './rules.ts';
import { serverSteps } from './server-steps.ts';

/** A client's call, and how many times it may be made. */
export type RepeatedCall = Omit<Call, 'mostWaiting'> & { readonly times: number };

/** The calls, the number of servers and the faults, which bound the exploration. */
export interface Scenario {
  readonly servers: 2 | 3;
  readonly calls: readonly RepeatedCall[];
  /** The possible faults, and their maximum number in all. */
  readonly faults: readonly Fault[];
  readonly faultsAtMost: number;
  /** Maximum number of tickets in the queue. @default any number */
  readonly queueAtMost?: number;
  readonly hasReplica?: boolean;
  readonly without?: readonly (keyof Rules)[];
  /** Invariants that are ignored, to see what else breaks. */
  readonly overlooking?: readonly Invariant[];
}

const empty: Keys = { state: null, lock: null, log: [], holder: null, waiting: [], interrupted: [] };

export function modelOf({
  servers,
  calls,
  faults,
  faultsAtMost,
  queueAtMost,
  hasReplica = false,
  without = [],
  overlooking = [],
}: Scenario): Model<State> {
  const bounded = calls.map((call) => ({
    ...call,
    // Calls that interrupt have tickets as well.
    mostWaiting: call.whenBusy === 'interrupt' ? null : (queueAtMost ?? null),
  }));
  const rules: Rules = { ...protocol, ...Object.fromEntries(without.map((rule) => [rule, false])) };
  return {
    initial: {
      redis: empty,
      replica: hasReplica ? empty : null,
      servers: Array.from({ length: servers }, () => idle),
      callsLeft: calls.map(({ times }) => times),
      faultsLeft: faultsAtMost,
      nextName: 1,
      acknowledged: [],
      refused: [],
      heard: [],
      purged: [],
      broken: null,
    },
    stepsFrom: (reached) => {
      const state = reached.broken === null ? reached : { ...reached, broken: null };
      const own = state.servers.flatMap((_, index) => serverSteps(state, index, rules));
      return [
        ...clientSteps(state, bounded),
        ...redisSteps(state, rules),
        ...own,
        ...timeSteps(state),
        ...faultSteps(state, faults, rules),
      ];
    },
    keyOf: canonicalKey,
    faultIn: (state) => {
      const breach = breachIn(state, overlooking);
      return breach === null ? null : `${breach.invariant}: ${breach.detail}`;
    },
    isAtRest: ({ redis, servers: all }) =>
      redis.lock === null &&
      all.every(({ attempt, pipe, strays }) => attempt === null && pipe.length === 0 && strays.length === 0),
  };
}

/** A client's call for a turn; `times` includes its repetitions. */
export function turn(turnId: TurnId, whenBusy: Call['whenBusy'], times = 1): RepeatedCall {
  return { kind: 'turn', turnId, whenBusy, times };
}

export function purge(whenBusy: Call['whenBusy']): RepeatedCall {
  return { kind: 'purge', turnId: null, whenBusy, times: 1 };
}
