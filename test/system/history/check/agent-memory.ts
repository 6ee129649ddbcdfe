import { groupBy } from '../group-by.ts';
import type { Evidence } from '../evidence.ts';
import { purgesOf } from './purges.ts';
import type { Violation } from './violation.ts';

/** An agent is never asked in an agent conversation that has heard a turn which did not happen (I5). */
export function checkAgentMemory({ conversations }: Evidence): Violation[] {
  return conversations.flatMap((conversation): Violation[] => {
    const { name, agentCalls, stored } = conversation;
    // What was purged, or has left the transcript, can't be told from what never happened.
    if (purgesOf(conversation).length > 0 || (stored?.first ?? 1) > 1) return [];
    const committed = new Set(stored?.log.flatMap(({ record }) => record.messages.map(({ text }) => text)));
    const memories = groupBy(agentCalls, ({ agentConversationId }) => agentConversationId);
    return [...memories.values()].flatMap((calls) => {
      const inOrder = calls.toSorted((left, right) => left.from - right.from);
      return inOrder.flatMap((later, index) => {
        const forgotten = inOrder.slice(0, index).find(({ call }) => !committed.has(call));
        if (forgotten === undefined) return [];
        const message = `${later.call} was asked of an agent that had heard ${forgotten.call}, which never happened`;
        const turnIds = [forgotten.turnId, later.turnId];
        return [{ check: 'agent memory', conversation: name, message, turnIds, at: later.from }];
      });
    });
  });
}
