import { end, refuse, send } from './change-state.ts';
import type { Attempt, Call, Command, Name, State } from './protocol-state.ts';
import type { Rules } from './rules.ts';

/** An attempt, and the server that it runs on. */
export interface Running {
  readonly state: State;
  readonly index: number;
  readonly attempt: Attempt;
  readonly rules: Rules;
}

export type Outcome = readonly [label: string, next: State];

/** A client's call reaches a server. */
export function begin(state: State, index: number, call: Call): State {
  const ticket = -state.nextName;
  const attempt = {
    call,
    ticket,
    hasEnqueued: false,
    keepsTicket: false,
    hasInterrupted: false,
    isOver: false,
  };
  return requestLease({ ...state, nextName: state.nextName + 1 }, index, attempt);
}

/** Asks for the lease, and loads with it. */
export function requestLease(state: State, index: number, attempt: Omit<Attempt, 'token' | 'phase'>): State {
  const token = state.nextName;
  const { turnId } = attempt.call;
  const acquire: Command = { kind: 'acquire', token, ticket: attempt.ticket, turnId };
  const asking: Attempt = { ...attempt, token, phase: { kind: 'acquiring' } };
  return send({ ...state, nextName: token + 1 }, index, asking, [acquire]);
}

export function serverName(index: number): string {
  return 'ABC'.charAt(index);
}

export function enqueue({ state, index, attempt }: Running, at: 'front' | 'back'): State {
  const { ticket, call, keepsTicket } = attempt;
  const mostWaiting = keepsTicket ? null : call.mostWaiting;
  const enqueuing: Attempt = {
    ...attempt,
    hasEnqueued: true,
    phase: { kind: 'enqueuing', isNotified: false },
  };
  return send(state, index, enqueuing, [{ kind: 'enqueue', ticket, at, mostWaiting }]);
}

/** Ends the attempt; its client learns that nothing was stored. */
export function giveUp({ state, index, attempt }: Running, why: string, agentMayHaveHeard: boolean): Outcome {
  const { token } = attempt;
  return [
    `${why}; its client is told that nothing was stored`,
    end(refuse(state, token), index, [givingBack(token, agentMayHaveHeard)]),
  ];
}

/** redlock also releases the token for a release script that failed; after one that ran, it changes nothing. */
export function givingBack(token: Name, agentMayHaveHeard: boolean): Command {
  return { kind: 'hand-over', token, agentMayHaveHeard };
}
