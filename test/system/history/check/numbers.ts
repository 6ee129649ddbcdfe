import type { Evidence } from '../evidence.ts';
import type { Violation } from './violation.ts';

/** Committed turns are numbered 1, 2, 3, … without gap or repeat, and state, transcript and turn ids agree (I1, I2). */
export function checkNumbers({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const { name, stored } of conversations) {
    if (stored === null) continue;
    const { state, log, first, turnIds } = stored;
    const report = (message: string, ids: readonly string[] = []): void => {
      violations.push({ check: 'numbers', conversation: name, message, turnIds: ids });
    };
    if (state === null) {
      if (log.length > 0 || turnIds.size > 0) report('has a transcript or turn ids, and no state');
      continue;
    }
    for (const [index, { id, record }] of log.entries()) {
      const expected = first + index;
      if (id !== `${expected}-0` || record.turn.number !== expected)
        report(`turn ${expected} is stored as ${id}, and calls itself ${record.turn.number}`, [
          record.turnId,
        ]);
      if (record.workflowState.turnCount !== expected)
        report(`turn ${expected} says it is the ${record.workflowState.turnCount}th`, [record.turnId]);
      if (turnIds.get(record.turnId) !== expected)
        report(`the turn id of turn ${expected} leads to ${turnIds.get(record.turnId) ?? 'nothing'}`, [
          record.turnId,
        ]);
    }
    const ids = [...turnIds.values()].filter((number) => number >= first).length;
    if (ids !== log.length) report(`${ids} turn ids for ${log.length} turns`);
    const turns = first - 1 + log.length;
    if (state.turnCount !== turns) report(`the state counts ${state.turnCount} turns of ${turns}`);
    const commits = turns + (state.status === 'ended' ? 1 : 0);
    if (state.revision !== commits) report(`revision ${state.revision} after ${commits} commits`);
  }
  return violations;
}
