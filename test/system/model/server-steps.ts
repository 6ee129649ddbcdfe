import { giveUp, requestLease, serverName, enqueue } from './attempt.ts';
import type { Outcome, Running } from './attempt.ts';
import { send, serverAt } from './change-state.ts';
import type { Step } from './explore.ts';
import type { Attempt, Command, Phase, State } from './protocol-state.ts';
import type { Rules } from './rules.ts';
import { takeAnswers } from './take-answers.ts';

/** Steps that a server takes by itself: it takes replies, gets the agent's answer, or looks at the queue again. */
export function serverSteps(state: State, index: number, rules: Rules): Step<State>[] {
  const { attempt, inbox, pipe } = serverAt(state, index);
  if (attempt === null) return [];
  const running: Running = { state, index, attempt, rules };
  const steps: Step<State>[] = [];
  const add = ([label, next]: Outcome): void => {
    steps.push({ label: `${serverName(index)} ${label}`, next, isFault: false });
  };

  if (inbox.length > 0 && !pipe.some(({ isAwaited }) => isAwaited)) {
    const outcome = takeAnswers(running);
    if (outcome !== null) add(outcome);
  }
  const { phase } = attempt;
  if (phase.kind === 'asking') {
    add(['hears from the agent, sends the commit', sendCommit(running, phase)]);
    if (state.redis.lock !== attempt.token) add(giveUp(running, 'notices that its lease is gone', true));
  }
  if (phase.kind === 'waiting') {
    const mayHaveRunOut = state.redis.lock === null || state.redis.lock === attempt.ticket;
    if (phase.isNotified) add(['is notified, asks for the lease', requestLease(state, index, attempt)]);
    else if (rules.enqueuesAgain && mayHaveRunOut) add(['enqueues again', enqueue(running, 'front')]);
  }
  return steps;
}

function sendCommit({ state, index, attempt }: Running, phase: Extract<Phase, { kind: 'asking' }>): State {
  const { token, call } = attempt;
  const { loaded, agentConversation } = phase;
  if (call.turnId === null) throw new Error('a turn has an id');
  const number = (loaded?.turnCount ?? 0) + 1;
  const commit: Command = {
    kind: 'commit',
    token,
    loaded,
    next: {
      incarnation: loaded?.incarnation ?? state.nextName,
      revision: (loaded?.revision ?? 0) + 1,
      committedBy: token,
      turnCount: number,
      agentConversation,
    },
    turn: { turnId: call.turnId, number, token },
  };
  const committing: Attempt = { ...attempt, phase: { kind: 'committing' } };
  return send({ ...state, nextName: state.nextName + 1 }, index, committing, [commit]);
}
