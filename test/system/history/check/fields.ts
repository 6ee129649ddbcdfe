import type { AgentCall } from '../agent-calls.ts';
import type { Evidence } from '../evidence.ts';
import type { LogEntry } from '../stored.ts';
import { writeWords } from '../turn-text.ts';
import { canonical } from '../canonical.ts';
import type { Violation } from './violation.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Replays the stored turns in order: for each, the agent must have been given the fields that earlier turns left, and
 * its caller's words, and the turn must store exactly what its answer says (I1, I2).
 */
export function checkFields({ conversations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const { name, stored, agentCalls, attempts } of conversations) {
    if (stored === null) continue;
    const answeredData = answersOf(agentCalls);
    const [oldest, ...later] = stored.log;
    const isCut = oldest !== undefined && stored.first > 1;
    // Of turns that have left the transcript only the outcome is known.
    let collected: Fields = isCut ? oldest.record.workflowState.collected : {};
    const changes = new StandingChanges();
    for (const { id, record } of isCut ? later : stored.log) {
      const report = (message: string): void => {
        violations.push({
          check: 'fields',
          conversation: name,
          message: `${id}: ${message}`,
          turnIds: [record.turnId],
        });
      };
      const before = collected;
      const { number, undid } = record.turn;
      if (undid === undefined) {
        const words = (attempts.get(record.turnId) ?? []).map(({ request }) => request.words);
        const user = record.messages.find(({ role }) => role === 'user');
        const entered = user?.data ?? {};
        const told = merge(collected, entered);
        const data = record.turn.parse === 'none' ? {} : answeredData(record, told, report);
        const isAsked = Object.entries({ ...entered, ...data }).every(([field, value]) =>
          words.some((sent) => sent.field === field && sent.value === value),
        );
        if (!isAsked) report(`nobody asked for ${canonical({ ...entered, ...data })}`);
        if (!words.some((sent) => writeWords(sent) === user?.text)) report('its user said something else');
        collected = merge(told, data);
      } else {
        const restored = changes.takeBack(undid);
        // Of a turn that has left the transcript nobody knows what it changed.
        if (restored === null && !isCut)
          report(`took back turn ${undid}, which is not the last that changed something`);
        collected = restored ?? record.workflowState.collected;
      }
      const changed = changesOf(before, collected);
      if (canonical(record.turn.collected) !== canonical(changed))
        report(`says it changed ${canonical(record.turn.collected)} instead of ${canonical(changed)}`);
      if (undid === undefined && Object.keys(changed).length > 0) changes.push(number, before);
      if (canonical(record.workflowState.collected) !== canonical(collected))
        report(`left ${canonical(record.workflowState.collected)} instead of ${canonical(collected)}`);
    }
    if (stored.state !== null && canonical(stored.state.collected) !== canonical(collected)) {
      const message = `the state holds ${canonical(stored.state.collected)}, the turns made ${canonical(collected)}`;
      const turnIds = stored.log.slice(-2).map(({ record }) => record.turnId);
      violations.push({ check: 'fields', conversation: name, message, turnIds });
    }
  }
  return violations;
}

/** Returns a function that looks up what the agent answered in a turn, and reports an answer that was not to that turn. */
function answersOf(agentCalls: readonly AgentCall[]) {
  const callsById = new Map(agentCalls.map((call) => [call.call, call]));
  const used = new Set<string>();
  return (
    { turnId, turn, messages }: LogEntry['record'],
    told: Fields,
    report: (message: string) => void,
  ) => {
    const answerText = messages.find(({ role }) => role === 'assistant')?.text ?? '';
    const call = callsById.get(answerText);
    if (call === undefined) {
      report(`no agent said ${JSON.stringify(answerText)}`);
      return {};
    }
    if (used.has(call.call)) report(`${call.call} was used for two turns`);
    used.add(call.call);
    if (call.turnId !== turnId) report(`${call.call} was asked for ${call.turnId}`);
    if (call.turnNumber !== turn.number) report(`${call.call} was asked for turn ${call.turnNumber}`);
    if (canonical(call.collected) !== canonical(told))
      report(`${call.call} was told ${canonical(call.collected)} instead of ${canonical(told)}`);
    return call.data ?? {};
  };
}

/** The turns that changed something and stand, with the fields before them. */
class StandingChanges {
  readonly #changes: { readonly number: number; readonly before: Fields }[] = [];

  push(number: number, before: Fields): void {
    this.#changes.push({ number, before });
  }

  /** Returns the fields before the turn; null if it is not the last change that stands. */
  takeBack(number: number): Fields | null {
    const last = this.#changes.at(-1);
    if (last?.number !== number) return null;
    this.#changes.pop();
    return last.before;
  }
}

/** Returns the fields that differ from before; `null` for a cleared field. */
function changesOf(before: Fields, after: Fields): Fields {
  const gone = Object.keys(before).filter((field) => !Object.hasOwn(after, field));
  return Object.fromEntries([
    ...Object.entries(after).filter(([field, value]) => before[field] !== value),
    ...gone.map((field): [string, unknown] => [field, null]),
  ]);
}

function merge(before: Fields, data: Fields): Fields {
  return Object.fromEntries(Object.entries({ ...before, ...data }).filter(([, value]) => value !== null));
}
