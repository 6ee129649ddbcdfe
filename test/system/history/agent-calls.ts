import type { ConversationKey } from '../../../server/domain/identity.ts';
import { nameOf } from './actors.ts';
import type { History, ServerProcess } from './history.ts';
import { leaseJournalOf, leaseSpans } from './lease-spans.ts';
import type { Span } from './lease-spans.ts';

/** One call of a server to its agent, while somebody waited for the answer. */
export interface AgentCall {
  readonly call: string;
  readonly instance: string;
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly turnNumber: number;
  readonly agentConversationId: string;
  /** The collected fields that the agent was given. */
  readonly collected: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, string | null>> | null;
  readonly strangers: readonly string[];
  readonly from: number;
  /** The time of the answer, the abort, or the death of the process; infinite if none was seen. */
  readonly to: number;
  /** The parts of the call in which its lease was certainly valid. */
  readonly underLease: readonly Span[];
}

export function agentCallsOf(history: History): AgentCall[] {
  return history.processes.flatMap((process) => callsOfProcess(history, process));
}

function callsOfProcess({ settings }: History, process: ServerProcess): AgentCall[] {
  const { journal, endedAt, instance } = process;
  const done = new Map(
    journal.flatMap(({ at, entry }) =>
      entry.type === 'agent.done' ? [[entry.call, { at, data: entry.data }]] : [],
    ),
  );
  const leases = leaseJournalOf(journal);
  return journal.flatMap(({ at: from, entry }): AgentCall[] => {
    if (entry.type !== 'agent.asked') return [];
    const { call, tenant, user, conversationId, turnId, turnNumber, agentConversationId } = entry;
    const key = { tenant, user, conversationId };
    const end = done.get(call);
    const to = end?.at ?? endedAt ?? Number.POSITIVE_INFINITY;
    return [
      {
        call,
        instance,
        key,
        turnId,
        turnNumber,
        agentConversationId,
        collected: entry.collected,
        data: end?.data ?? null,
        strangers: entry.strangers,
        from,
        to,
        underLease: leaseSpans(leases, settings, { name: nameOf(key), from, to }),
      },
    ];
  });
}
