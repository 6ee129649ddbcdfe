import type { AgentCall } from '../agent-calls.ts';
import type { Conversation } from '../evidence.ts';

/**
 * Returns whether a call to the agent may have been interrupted before a moment. An interruption takes a valid lease
 * away a little before its holder learns of it.
 */
export function mayBeInterrupted(
  { attempts, ends, stops }: Conversation,
  call: AgentCall,
  before: number,
): boolean {
  const calls = [...[...attempts.values()].flat(), ...ends];
  const interrupting = calls.filter(({ request }) => request.whenBusy === 'interrupt');
  return [...interrupting, ...stops].some(
    ({ startedAt, endedAt, outcome }) =>
      startedAt < before &&
      // A caller that no longer waits for an answer may still be interrupting.
      (endedAt > call.from || outcome.kind === 'broken'),
  );
}
