import type { Attempt, Command, CommittedTurn, Name, Sent, Server, State } from './protocol-state.ts';

export const idle: Server = { attempt: null, pipe: [], inbox: [], strays: [] };

export function serverAt(state: State, index: number): Server {
  const server = state.servers[index];
  if (server === undefined) throw new Error(`there is no server ${index}`);
  return server;
}

export function withServer(state: State, index: number, change: Partial<Server>): State {
  return { ...state, servers: state.servers.with(index, { ...serverAt(state, index), ...change }) };
}

/** Uses up one of the faults that may happen. */
export function spend(state: State): State {
  return { ...state, faultsLeft: state.faultsLeft - 1 };
}

/** Sends requests at once; the attempt goes on when all have replies. */
export function send(state: State, index: number, attempt: Attempt, commands: readonly Command[]): State {
  const { pipe } = serverAt(state, index);
  const sent = commands.map((command) => ({ command, isAwaited: true }));
  return withServer(state, index, { attempt, pipe: [...pipe, ...sent], inbox: [] });
}

/** Sends a request and ignores its reply. */
export function sendUnheeded(state: State, index: number, command: Command): State {
  return withServer(state, index, { pipe: [...serverAt(state, index).pipe, unheeded({ command })] });
}

/** Ends the attempt; later replies to it are ignored. */
export function end(state: State, index: number, farewell: readonly Command[] = []): State {
  const { attempt, pipe } = serverAt(state, index);
  const last: Command[] = attempt?.hasEnqueued === true ? [{ kind: 'leave', ticket: attempt.ticket }] : [];
  const sent = [...farewell, ...last].map((command) => ({ command }));
  return withServer(state, index, { attempt: null, pipe: [...pipe, ...sent].map(unheeded), inbox: [] });
}

export function unheeded({ command }: Pick<Sent, 'command'>): Sent {
  return { command, isAwaited: false };
}

export function isPurged({ purged }: State, incarnation: Name): boolean {
  return purged.some((conversation) => conversation.incarnation === incarnation);
}

/** Reports to the client the result committed under its turn id, and records it for the invariants. */
export function acknowledge(state: State, turn: CommittedTurn, incarnation: Name): State {
  if (isPurged(state, incarnation)) return state;
  const before = state.acknowledged.find(
    (other) => other.turnId === turn.turnId && other.incarnation === incarnation,
  );
  if (before === undefined) {
    return { ...state, acknowledged: [...state.acknowledged, { ...turn, incarnation }] };
  }
  const isSame = before.number === turn.number && before.token === turn.token;
  const detail = `turn ${turn.turnId} is acknowledged with two results`;
  return isSame ? state : { ...state, broken: { invariant: 'acknowledged', detail } };
}

/** Reports to the client that nothing of this attempt is stored. */
export function refuse(state: State, token: Name): State {
  return { ...state, refused: [...state.refused, token] };
}
