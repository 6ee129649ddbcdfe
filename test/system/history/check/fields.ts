import type { Evidence } from '../evidence.ts';
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
    const callsById = new Map(agentCalls.map((call) => [call.call, call]));
    const used = new Set<string>();
    const [oldest, ...later] = stored.log;
    const isCut = oldest !== undefined && stored.first > 1;
    // Of turns that have left the transcript only the outcome is known.
    let collected: Fields = isCut ? oldest.record.workflowState.collected : {};
    for (const { id, record } of isCut ? later : stored.log) {
      const report = (message: string): void => {
        violations.push({
          check: 'fields',
          conversation: name,
          message: `${id}: ${message}`,
          turnIds: [record.turnId],
        });
      };
      const answerText = record.messages.find(({ role }) => role === 'assistant')?.text ?? '';
      const call = callsById.get(answerText);
      if (call === undefined) {
        report(`no agent said ${JSON.stringify(answerText)}`);
        continue;
      }
      if (used.has(call.call)) report(`${call.call} was used for two turns`);
      used.add(call.call);
      if (call.turnId !== record.turnId) report(`${call.call} was asked for ${call.turnId}`);
      if (call.turnNumber !== record.turn.number)
        report(`${call.call} was asked for turn ${call.turnNumber}`);
      if (canonical(call.collected) !== canonical(collected))
        report(`${call.call} was told ${canonical(call.collected)} instead of ${canonical(collected)}`);
      const data = call.data ?? {};
      const words = (attempts.get(record.turnId) ?? []).map(({ request }) => request.words);
      const isAsked = Object.entries(data).every(([field, value]) =>
        words.some((sent) => sent.field === field && sent.value === value),
      );
      if (!isAsked) report(`nobody asked for ${canonical(data)}`);
      const said = record.messages.find(({ role }) => role === 'user')?.text;
      if (!words.some((sent) => writeWords(sent) === said)) report('its user said something else');
      const changed = changesOf(collected, data);
      if (canonical(record.turn.collected) !== canonical(changed))
        report(`says it changed ${canonical(record.turn.collected)} instead of ${canonical(changed)}`);
      collected = merge(collected, data);
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

/** Returns the fields that differ from before; `null` for a cleared field. */
function changesOf(before: Fields, data: Fields): Fields {
  return Object.fromEntries(
    Object.entries(data).filter(([field, value]) => (before[field] ?? null) !== value),
  );
}

function merge(before: Fields, data: Readonly<Record<string, string | null>>): Fields {
  return Object.fromEntries(Object.entries({ ...before, ...data }).filter(([, value]) => value !== null));
}
