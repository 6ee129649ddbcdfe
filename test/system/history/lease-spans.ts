import { nameOf } from './actors.ts';
import { groupBy } from './group-by.ts';
import type { History, ServerProcess } from './history.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The lease events that one process journaled. */
export interface LeaseJournal {
  readonly stalls: readonly Span[];
  /** By conversation, the times at which a lease was confirmed, and whether it was acquired or extended. */
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

// A call reports its lease only after the load that follows, and each of the two commands may have run twice: Redis
// answers NOSCRIPT to the first attempt after it has lost its scripts.
const commandsBehindStarting = 3;
const commandsBehindExtending = 1;

/**
 * Returns the spans in which a call's lease was certainly valid, from the view of its own process. Redis granted or
 * extended it at the earliest one command timeout before the process reported it (plus any stall of the process), and
 * for the whole of its life. The bound errs only towards "not valid": no expired lease counts as valid.
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

/** Sums whole stalls, not just the part inside the span: they delayed what happened before it. */
function stalledMs(stalls: readonly Span[], span: Span): number {
  return stalls
    .filter((stall) => stall.to > span.from && stall.from < span.to)
    .reduce((total, stall) => total + stall.to - stall.from, 0);
}
