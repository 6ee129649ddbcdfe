import type { Evidence } from '../evidence.ts';
import type { Request } from '../history.ts';
import type { Violation } from './violation.ts';

/** Under any fault, the servers refuse only for reasons that a fault explains, and never crash. */
export function checkExpectedAnswers({ history, conversations }: Evidence): Violation[] {
  const crashes = history.processes.flatMap(({ instance, crash }) =>
    crash === null
      ? []
      : [
          {
            check: 'expected answers',
            conversation: null,
            message: `server ${instance} crashed: ${crash}`,
            turnIds: [],
          },
        ],
  );
  const refusals = conversations.flatMap(({ name, attempts, gets, ends, stops }) =>
    [...[...attempts.values()].flat(), ...gets, ...ends, ...stops].flatMap(
      ({ request, outcome, endedAt }): Violation[] => {
        if (outcome.kind !== 'refused' || explained[request.op].includes(outcome.reason)) return [];
        const message = `a ${request.op} was refused with ${outcome.reason}: ${outcome.message}`;
        const turnIds = request.op === 'turn' ? [request.turnId] : [];
        return [{ check: 'expected answers', conversation: name, message, turnIds, at: endedAt }];
      },
    ),
  );
  return [...crashes, ...refusals];
}

const storeOrServer = ['STATE_STORE_UNAVAILABLE', 'OVERLOADED', 'SHUTTING_DOWN'];
const underLease = ['TURN_IN_PROGRESS', 'TURN_INTERRUPTED', 'LEASE_LOST', ...storeOrServer];

/** STATE_CHANGED needs a change of the state outside the lease, which nothing here makes. */
const explained: Readonly<Record<Request['op'], readonly string[]>> = {
  turn: [
    ...underLease,
    'TURN_ID_REUSED',
    'WORKFLOW_ENDED',
    'NOTHING_TO_UNDO',
    'AGENT_FAILED',
    'AGENT_TIMEOUT',
  ],
  stop: storeOrServer,
  get: ['WORKFLOW_NOT_FOUND', ...storeOrServer],
  end: ['WORKFLOW_NOT_FOUND', ...underLease],
};
