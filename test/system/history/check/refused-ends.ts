import type { Conversation, Evidence } from '../evidence.ts';
import { effectOf } from './refusal.ts';
import type { Violation } from './violation.ts';

/**
 * A definitely refused end has stored nothing (I5): no conversation has ended, or was purged, unless a call for that
 * was answered, or may have had an effect.
 */
export function checkRefusedEnds({ conversations }: Evidence): Violation[] {
  return conversations.flatMap((conversation) => {
    const { name, attempts, commits, stored } = conversation;
    const violations: Violation[] = [];
    const report = (message: string, about: Pick<Violation, 'turnIds' | 'at'> = { turnIds: [] }): void => {
      violations.push({ check: 'refused', conversation: name, message, ...about });
    };
    const endsFrom = firstEffect(conversation, { purge: false });
    const purgesFrom = firstEffect(conversation, { purge: true });
    if (stored?.state?.status === 'ended' && endsFrom === null)
      report('has ended, and every call to end it was refused, if there was any');
    const isGone = (stored?.state ?? null) === null;
    if (isGone && commits.length > 0 && purgesFrom === null)
      report('is gone, and every call to purge it was refused, if there was any', {
        turnIds: commits.slice(-1).map(({ turnId }) => turnId),
      });
    for (const { request, outcome, endedAt } of [...attempts.values()].flat()) {
      if (outcome.kind !== 'refused' || outcome.reason !== 'WORKFLOW_ENDED') continue;
      if (endsFrom !== null && endsFrom < endedAt) continue;
      const { turnId } = request;
      report(`${turnId} was told that it has ended, which nobody had done`, {
        turnIds: [turnId],
        at: endedAt,
      });
    }
    return violations;
  });
}

/** Returns the start of the first call that ended or purged it, or may have; null if there is none. */
function firstEffect({ ends }: Conversation, { purge }: { readonly purge: boolean }): number | null {
  const effective = ends.filter((call) => call.request.purge === purge && effectOf(call) === 'unknown');
  return effective.length === 0 ? null : Math.min(...effective.map(({ startedAt }) => startedAt));
}
