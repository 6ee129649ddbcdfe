import { isPurged } from './change-state.ts';
import type { Breach, Invariant, State } from './protocol-state.ts';

/** Returns the invariant that a state breaks, or null; ignored invariants do not count. */
export function breachIn(state: State, overlooking: readonly Invariant[]): Breach | null {
  // A breach that only a step can show is recorded in the state by that step.
  if (state.broken !== null && !overlooking.includes(state.broken.invariant)) return state.broken;
  for (const [invariant, check] of checks) {
    if (overlooking.includes(invariant)) continue;
    const detail = check(state);
    if (detail !== null) return { invariant, detail };
  }
  return null;
}

const checks: readonly (readonly [Invariant, (state: State) => string | null])[] = [
  [
    'numbers',
    ({ redis: { log, state } }) => {
      const turnCount = state?.turnCount ?? 0;
      if (turnCount === log.length && log.every(({ number }, index) => number === index + 1)) return null;
      return `the log has the numbers ${log.map(({ number }) => number).join(', ')}; the state counts ${turnCount}`;
    },
  ],
  [
    'once',
    ({ redis: { log } }) => {
      const twice = log.find(
        ({ turnId }, index) => log.findIndex((turn) => turn.turnId === turnId) !== index,
      );
      return twice === undefined ? null : `turn ${twice.turnId} is committed twice`;
    },
  ],
  [
    'acknowledged',
    (state) => {
      const { log, state: stored } = state.redis;
      const lost = state.acknowledged.find(({ number, token, incarnation }) => {
        const isStored = stored?.incarnation === incarnation && log[number - 1]?.token === token;
        return !isStored && !isPurged(state, incarnation);
      });
      return lost === undefined ? null : `turn ${lost.turnId} is acknowledged and not stored`;
    },
  ],
  [
    'purged',
    (state) => {
      const stored = state.redis.state;
      const isBack = stored !== null && isPurged(state, stored.incarnation);
      return isBack ? 'a conversation that was purged is there again' : null;
    },
  ],
  [
    'refused',
    ({ redis: { log }, refused, purged }) => {
      const denied = log.find(({ token }) => refused.includes(token));
      if (denied !== undefined) return `turn ${denied.turnId} is stored by an attempt that said it was not`;
      const isDenied = purged.some(({ token }) => refused.includes(token));
      return isDenied ? 'the conversation is purged by an attempt that said it was not' : null;
    },
  ],
];
