import { givingBack, requestLease, serverName } from './attempt.ts';
import { end, refuse, serverAt, spend, unheeded, withServer } from './change-state.ts';
import type { Step } from './explore.ts';
import type { Command, Fault, Name, Sent, Server, State } from './protocol-state.ts';
import type { Rules } from './rules.ts';

export function faultSteps(state: State, faults: readonly Fault[], rules: Rules): Step<State>[] {
  if (state.faultsLeft === 0) return [];
  const steps: Step<State>[] = [];
  const add = (fault: Fault, label: string, after: () => State): void => {
    if (faults.includes(fault)) steps.push({ label, next: spend(after()), isFault: true });
  };
  for (const [index, server] of state.servers.entries()) {
    const name = serverName(index);
    const { attempt, pipe, inbox } = server;
    const isAwaiting = inbox.length > 0 || pipe.some(({ isAwaited }) => isAwaited);
    if (isAwaiting) add('timeout', `${name} waits no longer for the answer`, () => fail(state, index, rules));
    if (pipe.length > 0 || inbox.length > 0) {
      add('loss', `${name}'s connection breaks; what Redis has not run is lost`, () =>
        cut(state, index, [], rules),
      );
    }
    if (pipe.length > 0) {
      const strays = [...server.strays, ...pipe.map(({ command }) => command)];
      add('straying', `${name}'s connection breaks; Redis may still run what was sent`, () =>
        cut(state, index, strays, rules),
      );
    }
    if (inbox.length > 0) {
      add('resend', `${name}'s connection breaks; it sends again what was not answered`, () =>
        resend(state, index),
      );
    }
    if (attempt === null) continue;
    add('crash', `${name} dies`, () =>
      withServer(state, index, { attempt: null, inbox: [], pipe: pipe.map(unheeded) }),
    );
    const { phase, token } = attempt;
    if (phase.kind === 'asking') {
      add('agent failure', `${name}'s agent fails; its client is told that nothing was stored`, () =>
        end(refuse(state, token), index, [givingBack(token, true)]),
      );
      const heard = state.heard.filter((hearing) => hearing.token !== token);
      add(
        'agent failure',
        `${name}'s agent could not be reached; its client is told that nothing was stored`,
        () => end({ ...refuse(state, token), heard }, index, [givingBack(token, false)]),
      );
    }
    if (phase.kind !== 'waiting') continue;
    add('impatience', `${name}'s client has waited long enough; it tries for the last time`, () =>
      requestLease(state, index, { ...attempt, isOver: true }),
    );
    if (phase.isNotified) {
      const deaf = { ...attempt, phase: { ...phase, isNotified: false } };
      add('lost call', `${name} misses the call`, () => withServer(state, index, { attempt: deaf }));
    }
  }
  const { lock } = state.redis;
  if (lock !== null && isOwned(state, lock)) {
    add('expiry', 'the lease runs out while its owner is paused', () => expired(state));
  }
  const { replica } = state;
  if (replica === null) return steps;
  const promoted = { ...state, redis: replica };
  const indexes = [...state.servers.keys()];
  add('failover', 'the replica takes over; the servers send again what was not answered', () =>
    indexes.reduce(resend, promoted),
  );
  add('failover', 'the replica takes over; what was on its way is lost', () =>
    indexes.reduce((next, index) => cut(next, index, serverAt(next, index).strays, rules), promoted),
  );
  return steps;
}

/** Steps that happen with time, without a fault. */
export function timeSteps(state: State): Step<State>[] {
  const { replica, redis } = state;
  const steps: Step<State>[] = [];
  if (redis.lock !== null && !isOwned(state, redis.lock)) {
    steps.push({ label: 'the orphaned lease runs out', next: expired(state), isFault: false });
  }
  if (replica !== null && replica !== redis) {
    steps.push({ label: 'the replica catches up', next: { ...state, replica: redis }, isFault: false });
  }
  return steps;
}

function expired(state: State): State {
  return { ...state, redis: { ...state.redis, lock: null } };
}

/** Returns whether a live caller extends the lease, or will take it. */
function isOwned({ servers }: State, lock: Name): boolean {
  return servers.some(({ attempt }) => attempt?.token === lock || attempt?.ticket === lock);
}

/** The server connects again; calls that waited for a reply fail. */
function cut(state: State, index: number, strays: readonly Command[], rules: Rules): State {
  const { pipe, inbox } = serverAt(state, index);
  const isAwaiting = inbox.length > 0 || pipe.some(({ isAwaited }) => isAwaited);
  const failed = isAwaiting ? fail(state, index, rules) : state;
  // A failing attempt sends its last requests over the new connection.
  const farewell = serverAt(failed, index).pipe.slice(pipe.length);
  return withServer(failed, index, { pipe: farewell, inbox: [], strays });
}

function resend(state: State, index: number): State {
  const { pipe, inbox } = serverAt(state, index);
  const again = inbox.map(({ command }): Sent => ({ command, isAwaited: true }));
  return withServer(state, index, { pipe: [...again, ...pipe], inbox: [] });
}

/** The server gives up on a reply: only a commit or a purge then has an unknown outcome. */
function fail(state: State, index: number, rules: Rules): State {
  const { attempt, inbox }: Server = serverAt(state, index);
  if (attempt === null) return state;
  const { token } = attempt;
  const isGranted = inbox.some(({ answer }) => answer.kind === 'acquired' && answer.isGranted);
  switch (attempt.phase.kind) {
    case 'committing':
      return end(rules.admitsNotToKnow ? state : refuse(state, token), index, [givingBack(token, true)]);
    case 'purging':
      return end(state, index, [givingBack(token, false)]);
    case 'acquiring':
      return end(refuse(state, token), index, isGranted ? [givingBack(token, false)] : undoing(token));
    case 'enqueuing':
    case 'interrupting':
      return end(refuse(state, token), index);
    case 'asking':
    case 'waiting':
      return state;
  }
}

/** The server gives back what it may have acquired; a caller that has enqueued meanwhile must be notified. */
function undoing(token: Name): Command[] {
  return [
    { kind: 'hand-over', token, agentMayHaveHeard: false },
    { kind: 'hand-over', token: null, agentMayHaveHeard: true },
  ];
}
