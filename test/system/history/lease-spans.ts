import { nameOf } from './actors.ts';
import { groupBy } from './group-by.ts';
import type { History, ServerProcess } from './history.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The events that one process journaled about its leases. */
export interface LeaseJournal {
  readonly stalls: readonly Span[];
  /** By conversation: when a lease was there, and whether it was newly won or extended. */
  readonly signs: ReadonlyMap<string, readonly LeaseSign[]>;
}

interface LeaseSign {
  readonly at: number;
  readonly isNew: boolean;
}

export function leaseJournalOf(journal: ServerProcess['journal']): LeaseJournal {
  const signs: (LeaseSign & { readonly name: string })[] = [];
  for (const { at, entry } of journal) {
    if (entry.type !== 'event') continue;
    const isNew = entry.event === 'turn.started';
    if (!isNew && entry.event !== 'lease.extended') continue;
    const { tenant = '', user = '', conversationId = '' } = entry;
    signs.push({ at, isNew, name: nameOf({ tenant, user, conversationId }) });
  }
  return {
    stalls: journal.flatMap(({ entry }) => (entry.type === 'stall' ? [entry] : [])),
    signs: groupBy(signs, ({ name }) => name),
  };
}

// A call that won its lease says so only when the load after it is through as well, and each of the two may have
// been tried twice: Redis answers NOSCRIPT to the first try after it forgot its scripts.
const commandsBehindStarting = 3;
const commandsBehindExtending = 1;

/**
 * When a call's lease was certainly valid, seen from its own process alone. Redis granted or extended it at the
 * earliest a command's timeout before the process said so (and however long the process stalled), and for the whole of
 * its life. That bound errs towards "not valid" only: no lease that had run out is taken for a valid one.
 */
export function leaseSpans(
  { stalls, signs }: LeaseJournal,
  { lockTtlMs, commandTimeoutMs }: History['settings'],
  call: Span & { readonly name: string },
): Span[] {
  const own = signs.get(call.name) ?? [];
  const started = own.findLast(({ at, isNew }) => isNew && at <= call.from);
  if (started === undefined) return [];
  return own
    .filter((sign) => sign === started || (!sign.isNew && sign.at >= started.at && sign.at <= call.to))
    .map(({ at, isNew }) => {
      const latenessMs = (isNew ? commandsBehindStarting : commandsBehindExtending) * commandTimeoutMs;
      const grantedAt = at - latenessMs - stalledMs(stalls, { from: at - latenessMs, to: at });
      return { from: Math.max(at, call.from), to: Math.min(grantedAt + lockTtlMs, call.to) };
    })
    .filter(({ from, to }) => to > from);
}

/** Whole stalls, not just the part inside: what lies before the span was pushed out of it by them. */
function stalledMs(stalls: readonly Span[], span: Span): number {
  return stalls
    .filter((stall) => stall.to > span.from && stall.from < span.to)
    .reduce((total, stall) => total + stall.to - stall.from, 0);
}
