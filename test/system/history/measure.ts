import { nameOf } from './actors.ts';
import type { Call, Fault, History } from './history.ts';
import { turnAnswer } from './turn-answer.ts';

/** The figures of a run. Times are in milliseconds. */
export interface Measurements {
  readonly calls: number;
  readonly turns: number;
  readonly replays: number;
  /** The number of each fault, those of agents and clients included. */
  readonly faults: Readonly<Record<string, number>>;
  /** The times from each fault until its target answered a turn again. */
  readonly recoveries: Readonly<Record<string, readonly number[]>>;
  /** The times for which callers waited for a 503 while Redis hung and their server had no other fault. */
  readonly hungWaits: readonly number[];
}

interface Hit {
  readonly kind: string;
  readonly servers: readonly number[];
  readonly from: number;
  readonly to: number;
}

export function measure(history: History): Measurements {
  const turns = history.calls.filter(
    ({ request, outcome }) => request.op === 'turn' && outcome.kind === 'answered',
  );
  const replays = turns.filter(isReplay);
  const hits = hitsOf(history);
  const recoveries: Record<string, number[]> = {};
  const note = (kind: string, tookMs: number): void => void (recoveries[kind] ??= []).push(tookMs);
  for (const hit of hits) {
    const tookMs = recoveryOf(turns, hit);
    // If another fault hit the same servers meanwhile, the recovery can't be attributed to either.
    if (tookMs !== null && isAlone(hit, tookMs, hits)) note(hit.kind, tookMs);
  }
  for (const tookMs of orphanRecoveries(history, turns, hits)) note('orphaned lease', tookMs);
  return {
    calls: history.calls.length,
    turns: turns.length - replays.length,
    replays: replays.length,
    faults: { ...countBy(hits.map(({ kind }) => kind)), ...moodCounts(history), ...callerFaults(history) },
    recoveries,
    hungWaits: hungWaits(history, hits),
  };
}

function isReplay({ outcome }: Call): boolean {
  return turnAnswer(outcome)?.isReplay === true;
}

function hitsOf({ faults, processes }: History): Hit[] {
  const all = [...new Set(processes.map(({ server }) => server))];
  const planned = faults
    .filter(({ kind }) => kind !== 'fault in a race window')
    .map((fault): Hit => ({
      ...fault,
      ...overAt(fault),
      servers: fault.server === null ? all : [fault.server],
    }));
  const fired = processes.flatMap(({ server, journal }) =>
    journal.flatMap(({ at, entry }): Hit[] =>
      entry.type === 'fired'
        ? [{ kind: `race window: ${entry.action}`, servers: [server], from: at, to: at + entry.forMs }]
        : [],
    ),
  );
  return [...planned, ...fired];
}

/** The time to start the next process is part of the recovery from a kill. */
function overAt({ kind, from, to }: Fault): { readonly to: number } {
  return { to: kind === 'kill server' || kind === 'restart server' ? from : to };
}

/** Returns the longest time until each server that was hit answered a turn again. */
function recoveryOf(turns: readonly Call[], { servers, to }: Hit): number | null {
  const times = servers.map((server) =>
    firstAfter(
      turns.filter((turn) => turn.server === server),
      to,
    ),
  );
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function isAlone(hit: Hit, tookMs: number, hits: readonly Hit[]): boolean {
  return !hits.some(
    (other) =>
      other !== hit &&
      other.from < hit.to + tookMs &&
      other.to > hit.from &&
      other.servers.some((server) => hit.servers.includes(server)),
  );
}

/**
 * Returns the times from a process's death to the next answered turn of each conversation whose agent it was asking.
 */
function orphanRecoveries({ processes }: History, turns: readonly Call[], hits: readonly Hit[]): number[] {
  const servers = [...new Set(processes.map(({ server }) => server))];
  return processes.flatMap(({ endedAt, journal }) => {
    if (endedAt === null) return [];
    const done = new Set(journal.flatMap(({ entry }) => (entry.type === 'agent.done' ? [entry.call] : [])));
    return journal.flatMap(({ entry }) => {
      if (entry.type !== 'agent.asked' || done.has(entry.call) || !isInDemand(entry)) return [];
      const ofConversation = turns.filter(({ key }) => nameOf(key) === nameOf(entry));
      const tookMs = firstAfter(ofConversation, endedAt);
      const others = hits.filter((hit) => hit.from > endedAt + killMs || hit.to < endedAt - killMs);
      const kill = { kind: 'orphaned lease', servers, from: endedAt, to: endedAt };
      return tookMs !== null && isAlone(kill, tookMs, others) ? [tookMs] : [];
    });
  });
}

/** The kill itself is recorded within this time. */
const killMs = 50;

/** Returns the time from a moment until the first answer to these calls. */
function firstAfter(calls: readonly Call[], moment: number): number | null {
  const answers = calls.filter(({ endedAt }) => endedAt > moment).map(({ endedAt }) => endedAt);
  return answers.length === 0 ? null : Math.min(...answers) - moment;
}

/** A conversation with few calls does not show how soon it could have answered. */
function isInDemand({ conversationId }: { readonly conversationId: string }): boolean {
  return conversationId.startsWith('main') || conversationId.startsWith('rush');
}

const harmlessMoods = ['quick', 'slow', 'directed'];

function moodCounts({ processes }: History): Record<string, number> {
  const moods = processes.flatMap(({ journal }) =>
    journal.flatMap(({ entry }) => (entry.type === 'agent.asked' ? [entry.mood] : [])),
  );
  return countBy(moods.filter((mood) => !harmlessMoods.includes(mood)).map((mood) => `agent: ${mood}`));
}

function callerFaults({ calls }: History): Record<string, number> {
  const impatient = calls.filter(
    ({ outcome }) => outcome.kind === 'broken' && outcome.why === 'TimeoutError',
  );
  return { 'client: hung up': impatient.length };
}

function hungWaits({ calls }: History, hits: readonly Hit[]): number[] {
  return hits
    .filter(({ kind }) => kind === 'hang redis')
    .flatMap((hang) => {
      const others = hits.filter((hit) => hit !== hang);
      return calls
        .filter(({ outcome, startedAt }) => {
          const isTold = outcome.kind === 'refused' && outcome.reason === 'STATE_STORE_UNAVAILABLE';
          return isTold && startedAt >= hang.from && startedAt <= hang.to;
        })
        .filter(({ server, startedAt, endedAt }) => {
          const call = { kind: 'call', servers: [server], from: startedAt, to: startedAt };
          return isAlone(call, endedAt - startedAt, others);
        })
        .map(({ startedAt, endedAt }) => endedAt - startedAt);
    });
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
