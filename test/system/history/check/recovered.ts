import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** Once every fault is over, all servers serve again: the last call to each was accepted. */
export function checkRecovered({ history }: Evidence): Violation[] {
  const servers = new Set(history.processes.map(({ server }) => server));
  return [...servers].flatMap((server): Violation[] => {
    const last = history.calls.findLast((call) => call.server === server);
    if (last === undefined) return [];
    const { outcome } = last;
    const isServed = outcome.kind === 'answered' || (outcome.kind === 'refused' && outcome.status !== 503);
    if (isServed) return [];
    const why = outcome.kind === 'refused' ? outcome.reason : outcome.why;
    const message = `server ${server} did not come back: ${why}`;
    return [{ check: 'recovered', conversation: null, message, turnIds: [], at: last.endedAt }];
  });
}
