import type { AgentCall } from '../agent-calls.ts';
import type { Evidence } from '../evidence.ts';
import type { Span } from '../lease-spans.ts';
import { mayBeInterrupted } from './interruption.ts';
import type { Violation } from './violation.ts';

/** Two agent calls of one conversation never run at the same time, each under a valid lease (I1). */
export function checkOneAgentCall({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const conversation of conversations) {
    const calls = conversation.agentCalls.toSorted((left, right) => left.from - right.from);
    for (const [index, first] of calls.entries()) {
      for (const second of calls.slice(index + 1)) {
        if (second.from >= first.to) continue;
        const at = overlap(first, second);
        if (at === null || mayBeInterrupted(conversation, first, at)) continue;
        violations.push({
          check: 'one agent call',
          conversation: conversation.name,
          message: `${first.call} and ${second.call} ran at once, each under a valid lease`,
          turnIds: [first.turnId, second.turnId],
          at,
        });
      }
    }
  }
  return violations;
}

/** The first moment at which both leases were certainly valid. */
function overlap(first: AgentCall, second: AgentCall): number | null {
  const starts = first.underLease.flatMap((one) =>
    second.underLease.flatMap((other) => {
      const both: Span = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
      return both.to > both.from ? [both.from] : [];
    }),
  );
  return starts.length === 0 ? null : Math.min(...starts);
}
