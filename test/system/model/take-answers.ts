import { giveUp, givingBack, requestLease, enqueue } from './attempt.ts';
import type { Outcome, Running } from './attempt.ts';
import { acknowledge, end, refuse, send, sendUnheeded, serverAt } from './change-state.ts';
import type { Answer, Attempt, Command, CommittedTurn, Loaded, State } from './protocol-state.ts';

type Acquired = Extract<Answer, { kind: 'acquired' }>;

/**
 * Returns the step of a server that has all the replies it waits for (server/orchestrator/lease-conversation.ts and
 * leased-conversation.ts). Null while the client must not get the answer because the replica lacks it.
 */
export function takeAnswers(running: Running): Outcome | null {
  const { state, index, attempt } = running;
  const [answer] = serverAt(state, index).inbox.map((answered) => answered.answer);
  switch (answer?.kind) {
    case 'acquired':
      return answer.isGranted ? takeLoaded(running, answer.loaded) : takeRefusal(running, answer);
    case 'commit':
    case 'purge':
      return takeCommitted(running, answer);
    case 'enqueued':
      return takeEnqueued(running, answer.outcome);
    case 'interrupt': {
      const { didInterrupt: hasInterrupted } = answer;
      const label = `${hasInterrupted ? 'has interrupted' : 'came too late to interrupt'}, asks for the lease`;
      return [label, requestLease(state, index, { ...attempt, hasInterrupted })];
    }
    case 'done':
    case undefined:
      return null;
  }
}

/** The lease is another's. */
function takeRefusal(running: Running, { loaded, owner }: Acquired): Outcome | null {
  const { state, index, attempt } = running;
  const { call, token, ticket, hasEnqueued } = attempt;
  if (loaded.used !== null) return replay(running, loaded, []);
  const isDuplicate = call.turnId !== null && loaded.holder?.turnId === call.turnId;
  if ((call.whenBusy === 'reject' && !isDuplicate && !hasEnqueued) || attempt.isOver) {
    return ['is refused the lease; its client is told "busy"', end(refuse(state, token), index)];
  }
  if (call.whenBusy === 'interrupt' && !isDuplicate && owner !== null && !attempt.hasInterrupted) {
    const interrupting: Attempt = { ...attempt, hasEnqueued: true, phase: { kind: 'interrupting' } };
    return [
      'is refused the lease, interrupts',
      send(state, index, interrupting, [{ kind: 'interrupt', owner, ticket }]),
    ];
  }
  const isFirst = isDuplicate || call.whenBusy === 'interrupt' || hasEnqueued;
  return ['is refused the lease, enqueues', enqueue(running, isFirst ? 'front' : 'back')];
}

function takeEnqueued(running: Running, outcome: 'notified' | 'waiting' | 'full'): Outcome {
  const { state, index, attempt } = running;
  if (outcome === 'full') {
    return ['finds the queue full; its client is told so', end(refuse(state, attempt.token), index)];
  }
  const enqueued: Attempt = { ...attempt, keepsTicket: attempt.call.mostWaiting !== null };
  return outcome === 'notified' || (attempt.phase.kind === 'enqueuing' && attempt.phase.isNotified)
    ? ['is notified at once, asks for the lease', requestLease(state, index, enqueued)]
    : [
        'waits in the queue',
        send(state, index, { ...enqueued, phase: { kind: 'waiting', isNotified: false } }, []),
      ];
}

/** The attempt believes that it has the lease. */
function takeLoaded(running: Running, loaded: Loaded): Outcome | null {
  const { attempt } = running;
  if (loaded.used !== null) return replay(running, loaded, [givingBack(attempt.token, false)]);
  if (attempt.call.kind === 'turn') return askAgent(leavingLine(running), loaded);
  if (loaded.state === null) return giveUp(running, 'finds nothing to purge', false);
  const { incarnation, revision } = loaded.state;
  const left = leavingLine(running);
  const purge: Command = { kind: 'purge', token: attempt.token, loaded: { incarnation, revision } };
  const purging: Attempt = { ...left.attempt, phase: { kind: 'purging' } };
  return ['has the lease, sends the purge', send(left.state, left.index, purging, [purge])];
}

/** A call that has the lease no longer needs its ticket in the queue. */
function leavingLine(running: Running): Running {
  const { state, index, attempt } = running;
  if (!attempt.hasEnqueued) return running;
  return {
    ...running,
    state: sendUnheeded(state, index, { kind: 'leave', ticket: attempt.ticket }),
    attempt: { ...attempt, hasEnqueued: false },
  };
}

/** The message reaches the agent in the same step: a pause before it has the effect of a pause before this step. */
function askAgent({ state, index, attempt }: Running, { state: loaded, holder }: Loaded): Outcome {
  const isFresh = loaded === null || holder?.isStale === true;
  const agentConversation = isFresh ? state.nextName : loaded.agentConversation;
  const asked: State = {
    ...send(state, index, { ...attempt, phase: { kind: 'asking', loaded, agentConversation } }, []),
    nextName: state.nextName + 1,
    heard: [...state.heard, { agentConversation, token: attempt.token }],
  };
  const where = `${isFresh ? 'a fresh' : 'the'} agent conversation (${agentConversation})`;
  return [`has the lease, and speaks to the agent in ${where}`, asked];
}

function takeCommitted(
  running: Running,
  answer: Extract<Answer, { kind: 'commit' | 'purge' }>,
): Outcome | null {
  const { state, index, attempt, rules } = running;
  if (answer.result !== 'committed') {
    return giveUp(running, `is answered "${answer.result}"`, answer.kind === 'commit');
  }
  const farewell = rules.commitFreesLease ? [] : [givingBack(attempt.token, false)];
  if (answer.kind === 'purge')
    return ['is answered "committed", tells its client', end(state, index, farewell)];
  const { turn, incarnation } = answer;
  if (rules.commitWaits && !isReplicated(state, turn)) return null;
  return [
    `is answered "committed"; its client is told that turn ${turn.turnId} is number ${turn.number}`,
    end(acknowledge(state, turn, incarnation), index, farewell),
  ];
}

function replay(running: Running, { used, state: loaded }: Loaded, farewell: Command[]): Outcome | null {
  const { state, index, rules } = running;
  if (used === null || loaded === null) return null;
  if (rules.replayWaits && !isReplicated(state, used)) return null;
  return [
    `finds turn ${used.turnId} recorded; its client is told that it is number ${used.number}`,
    end(acknowledge(state, used, loaded.incarnation), index, farewell),
  ];
}

function isReplicated({ replica }: State, { token }: CommittedTurn): boolean {
  return replica === null || replica.log.some((turn) => turn.token === token);
}
