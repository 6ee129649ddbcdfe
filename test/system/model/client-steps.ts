import { begin, serverName } from './attempt.ts';
import type { Step } from './explore.ts';
import type { Call, State } from './protocol-state.ts';

/** Clients call at any time, and again while their first call still runs. */
export function clientSteps(state: State, calls: readonly Call[]): Step<State>[] {
  const steps: Step<State>[] = [];
  for (const [nth, call] of calls.entries()) {
    const left = state.callsLeft[nth] ?? 0;
    if (left === 0) continue;
    const called = { ...state, callsLeft: state.callsLeft.with(nth, left - 1) };
    for (const index of freeServers(state)) {
      const label = `${describeCall(call)} reaches ${serverName(index)}: it asks for the lease and loads`;
      steps.push({ label, next: begin(called, index, call), isFault: false });
    }
  }
  return steps;
}

/** Idle servers are interchangeable, so one of them is enough. */
function freeServers({ servers }: State): number[] {
  const free = [...servers.entries()].filter(([, { attempt }]) => attempt === null);
  const isQuiet = (index: number): boolean =>
    servers[index]?.pipe.length === 0 && servers[index].strays.length === 0;
  const firstQuiet = free.find(([index]) => isQuiet(index))?.[0];
  return free.map(([index]) => index).filter((index) => !isQuiet(index) || index === firstQuiet);
}

function describeCall({ kind, turnId, whenBusy }: Call): string {
  return kind === 'purge' ? `a purge (${whenBusy})` : `turn ${turnId ?? ''} (${whenBusy})`;
}
