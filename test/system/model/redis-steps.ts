import { serverName } from './attempt.ts';
import { withServer } from './change-state.ts';
import type { Step } from './explore.ts';
import type { Answer, Breach, Command, Keys, Name, Server, State } from './protocol-state.ts';
import { runScript } from './redis-scripts.ts';
import type { Rules } from './rules.ts';

/** Redis runs the requests that have arrived, one at a time, those of one connection in order. */
export function redisSteps(state: State, rules: Rules): Step<State>[] {
  const steps: Step<State>[] = [];
  for (const [index, { pipe, inbox, strays }] of state.servers.entries()) {
    const [sent, ...rest] = pipe;
    if (sent !== undefined) {
      const { next, answer } = run(state, sent.command, rules);
      const answered = sent.isAwaited ? [...inbox, { command: sent.command, answer }] : inbox;
      steps.push({
        label: `Redis runs ${serverName(index)}'s ${sent.command.kind}${describe(answer)}`,
        next: afterwards(next, index, { pipe: rest, inbox: answered }),
        isFault: false,
      });
    }
    const [stray, ...others] = strays;
    if (stray !== undefined) {
      const { next, answer } = run(state, stray, rules);
      steps.push({
        label: `Redis runs ${serverName(index)}'s ${stray.kind}, from the broken connection${describe(answer)}`,
        next: afterwards(next, index, { strays: others }),
        isFault: false,
      });
    }
  }
  return steps;
}

interface After {
  readonly state: State;
  readonly notified: Name | null;
}

function run(state: State, command: Command, rules: Rules): { next: After; answer: Answer } {
  const { keys, answer, notified = null, breach = null } = runScript(state.redis, command, rules);
  const isWritten = keys !== state.redis;
  const misremembered = command.kind === 'commit' && isWritten ? misrememberedBy(state, keys) : null;
  const broken = breach ?? takenFromOwner(state, command, keys) ?? misremembered;
  const incarnation = state.redis.state?.incarnation;
  const isPurge = command.kind === 'purge' && isWritten && incarnation !== undefined;
  const purged = isPurge ? [...state.purged, { incarnation, token: command.token }] : state.purged;
  return { next: { state: { ...state, redis: keys, broken, purged }, notified }, answer };
}

/** The lease's owner, or the caller for whom it is kept, releases it, loses it with time, or is interrupted (I1). */
function takenFromOwner({ redis: { lock }, servers }: State, command: Command, after: Keys): Breach | null {
  if (lock === null || lock === after.lock) return null;
  const isOwn =
    ('token' in command && command.token === lock) || ('ticket' in command && command.ticket === lock);
  const isInterrupted = command.kind === 'interrupt' && command.owner === lock;
  const isUnderWay = servers.some(({ attempt }) => attempt?.token === lock || attempt?.ticket === lock);
  if (isOwn || isInterrupted || !isUnderWay) return null;
  return {
    invariant: 'exclusive',
    detail: `the lease of a call that is under way is taken from it by another's ${command.kind}`,
  };
}

/** The agent conversation just committed must have heard no turn that did not happen (I5). */
function misrememberedBy({ heard }: State, { state, log }: Keys): Breach | null {
  const isUnhappened = heard.some(
    ({ agentConversation, token }) =>
      agentConversation === state?.agentConversation && !log.some((turn) => turn.token === token),
  );
  if (!isUnhappened) return null;
  return {
    invariant: 'agent-memory',
    detail: 'a turn is committed in an agent conversation that heard a turn which never happened',
  };
}

/** The server's own part, and the message to the first in the queue. */
function afterwards({ state, notified }: After, index: number, change: Partial<Server>): State {
  const next = withServer(state, index, change);
  if (notified === null) return next;
  const servers = next.servers.map((server): Server => {
    const { attempt } = server;
    if (attempt?.ticket !== notified) return server;
    const { kind } = attempt.phase;
    if (kind !== 'waiting' && kind !== 'enqueuing') return server;
    return { ...server, attempt: { ...attempt, phase: { kind, isNotified: true } } };
  });
  return { ...next, servers };
}

function describe(answer: Answer): string {
  switch (answer.kind) {
    case 'acquired':
      return `${answer.isGranted ? ': granted' : ': held by another'}${answer.loaded.used === null ? '' : ', the turn id is used'}`;
    case 'commit':
    case 'purge':
      return `: ${answer.result}`;
    case 'enqueued':
      return `: ${answer.outcome}`;
    case 'interrupt':
      return answer.didInterrupt ? ': done' : ': too late';
    case 'done':
      return '';
  }
}
