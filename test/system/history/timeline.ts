import { nameOf } from './actors.ts';
import type { Violation } from './check/violation.ts';
import type { Call, History, Outcome, Request } from './history.ts';
import type { JournalEntry } from './journal.ts';
import { turnAnswer } from './turn-answer.ts';

interface Line {
  readonly at: number;
  readonly text: string;
}

const mostLines = 60;
const marginMs = 50;

/**
 * Returns the events around a violation: all events of its turns, their conversation's commits in between, and the
 * faults of that time. One line each, in milliseconds from the first.
 */
export function timeline(history: History, { conversation, turnIds, at }: Violation): string[] {
  const calls = history.calls.filter(({ key }) => nameOf(key) === conversation);
  const involved = calls.filter(({ request }) => request.op === 'turn' && turnIds.includes(request.turnId));
  const moments = [
    ...involved.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
    ...(at === undefined ? [] : [at]),
  ];
  if (moments.length === 0) return [];
  // A much later repetition appears in the lines about its calls.
  const from = Math.min(...moments) - marginMs;
  const to = (at ?? Math.max(...moments)) + marginMs;
  const lines = [
    ...calls.filter((call) => involved.includes(call) || call.outcome.kind === 'answered').flatMap(callLines),
    ...history.processes.flatMap(({ instance, journal }) =>
      journal.flatMap((entry) => journalLines(instance, entry, { conversation, turnIds })),
    ),
    ...history.faults.flatMap(({ kind, detail, ...span }) => [
      { at: span.from, text: `fault    ${kind} ${detail}` },
      { at: span.to, text: `fault    ${kind} ${detail} is over` },
    ]),
  ]
    .filter((line) => line.at >= from && line.at <= to)
    .sort((left, right) => left.at - right.at);
  const shown =
    lines.length <= mostLines ? lines : [...lines.slice(0, mostLines / 2), ...lines.slice(-mostLines / 2)];
  return shown.map((line) => `${(line.at - from).toFixed(1).padStart(10)}  ${line.text}`);
}

function callLines({ request, server, startedAt, endedAt, outcome }: Call): Line[] {
  const what = request.op === 'turn' ? `turn ${request.turnId} (${request.whenBusy})` : request.op;
  return [
    { at: startedAt, text: `call     ${what} → server ${server}` },
    { at: endedAt, text: `answer   ${what} ← server ${server}: ${describeOutcome(request.op, outcome)}` },
  ];
}

function describeOutcome(op: Request['op'], outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answered': {
      const answer = op === 'turn' ? turnAnswer(outcome) : null;
      if (answer === null) return 'answered';
      return `turn ${answer.number}${answer.isReplay ? ', replayed' : ''}`;
    }
    case 'refused':
      return `${outcome.status} ${outcome.reason}`;
    case 'broken':
      return `nothing (${outcome.why})`;
  }
}

function journalLines(
  instance: string,
  { at, entry }: { readonly at: number; readonly entry: JournalEntry },
  about: { readonly conversation: string | null; readonly turnIds: readonly string[] },
): Line[] {
  const text = `${instance.padEnd(8)} ${describeEntry(entry, about)}`;
  return text.endsWith(' ') ? [] : [{ at, text }];
}

function describeEntry(
  entry: JournalEntry,
  { conversation, turnIds }: { readonly conversation: string | null; readonly turnIds: readonly string[] },
): string {
  if (entry.type === 'stall') return `did nothing for the last ${(entry.to - entry.from).toFixed(0)} ms`;
  if (entry.type === 'agent.done') return '';
  const { tenant = '', user = '', conversationId = '' } = entry;
  if (nameOf({ tenant, user, conversationId }) !== conversation) return '';
  switch (entry.type) {
    case 'agent.asked':
      return `asks the agent: ${entry.call} for turn ${entry.turnNumber} (${entry.turnId})`;
    case 'fired':
      return `${entry.action} at ${entry.point}`;
    case 'point':
      return entry.turnId !== null && turnIds.includes(entry.turnId)
        ? `reaches ${entry.point} (${entry.turnId})`
        : '';
    case 'event': {
      const { turnId } = entry;
      const isAbout = turnId === undefined || turnIds.includes(turnId) || entry.event === 'turn.committed';
      const details = [turnId, entry.turnNumber, entry.reason, entry.cause].filter(
        (part) => part !== undefined,
      );
      return isAbout ? `${entry.event} ${details.join(' ')}`.trim() : '';
    }
  }
}
