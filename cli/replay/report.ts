import { isDeepStrictEqual } from 'node:util';
import type { DefinitionFault } from '../../workflows/definition/definition-fault.ts';
import type { ReplayFile, Dialogue, Expectation } from '../support/replay-file.ts';
import type { ConversationResult, TurnResult } from '../../client-sdk/src/index.ts';

/** The result of one file. */
export type FileOutcome = { readonly file: string } & (
  | { readonly kind: 'faulty'; readonly faults: readonly DefinitionFault[] }
  | { readonly kind: 'played'; readonly replay: ReplayFile; readonly differences: readonly Difference[] }
);

/** Returns the file's own line, and one line for each fault or difference. */
export function describeOutcome(outcome: FileOutcome): string {
  const { file } = outcome;
  if (outcome.kind === 'faulty') {
    const faults = outcome.faults.map(
      ({ path, message }) => `    ${[file, path, message].filter((part) => part !== '').join(': ')}`,
    );
    return [`✗ ${file}: is not a replay file`, ...faults].join('\n');
  }
  const { replay, differences } = outcome;
  const size = `${count(replay.dialogues.length, 'dialogue')}, ${count(turnsOf(replay), 'turn')}`;
  if (differences.length === 0) return `✓ ${file}: ${size}`;
  const lines = differences.map((difference) => `    ${describeDifference(file, difference)}`);
  return [`✗ ${file}: ${size}, ${count(differences.length, 'difference')}`, ...lines].join('\n');
}

function describeDifference(file: string, { dialogue, turn, field, expected, got }: Difference): string {
  const place = [file, `dialogue ${dialogue}`, turn === null ? 'end' : `turn ${turn}`, field].join(' / ');
  return `${place}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
}

export function describeTotal(outcomes: readonly FileOutcome[]): string {
  const played = outcomes.flatMap((outcome) => (outcome.kind === 'played' ? [outcome] : []));
  const dialogues = played.reduce((sum, { replay }) => sum + replay.dialogues.length, 0);
  const turns = played.reduce((sum, { replay }) => sum + turnsOf(replay), 0);
  const differences = played.reduce((sum, outcome) => sum + outcome.differences.length, 0);
  const faulty = outcomes.length - played.length;
  const size = `${count(played.length, 'file')}, ${count(dialogues, 'dialogue')}, ${count(turns, 'turn')}`;
  if (faulty === 0) return `${size}: ${differences === 0 ? 'all agree' : count(differences, 'difference')}`;
  const disagreement = differences === 0 ? '' : `: ${count(differences, 'difference')}`;
  return `${size}${disagreement}; ${count(faulty, 'file')} could not be read`;
}

export function hasAgreed(outcome: FileOutcome): boolean {
  return outcome.kind === 'played' && outcome.differences.length === 0;
}

function turnsOf({ dialogues }: ReplayFile): number {
  return dialogues.reduce((sum, { turns }) => sum + turns.length, 0);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** One difference between a replay and its file. */
export interface Difference {
  readonly dialogue: string;
  /** Counted from 1; `null` for a difference at the dialogue's end. */
  readonly turn: number | null;
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

type FieldDifference = Pick<Difference, 'field' | 'expected' | 'got'>;

/** Returns a turn's result under the names of an expectation. */
function reported({
  turn,
  progress,
  workflowState,
  messages,
}: TurnResult<never>): Record<keyof Expectation, unknown> & { readonly suggestedInput: object } {
  return {
    collectedThisTurn: turn.collected,
    stateChanged: turn.stateChanged,
    currentStep: progress.currentStep,
    percentComplete: progress.percentComplete,
    status: workflowState.status,
    rejected: turn.rejected.map(({ field }) => field).sort(),
    ignored: [...turn.ignored].sort(),
    suggestedInput: workflowState.suggestedInput,
    text: messages.flatMap(({ text }) => text ?? []),
  };
}

/** Compares a turn's result with each key that the expectation names. */
export function compareTurn(expect: Expectation, result: TurnResult<never>): FieldDifference[] {
  const expected = {
    ...expect,
    ...(expect.rejected === undefined ? {} : { rejected: [...expect.rejected].sort() }),
    ...(expect.ignored === undefined ? {} : { ignored: [...expect.ignored].sort() }),
  };
  const got = reported(result);
  return compare(expected, { ...got, suggestedInput: namedIn(expect.suggestedInput, got.suggestedInput) });
}

/** The members of a value that an expectation names. */
function namedIn(expected: object | undefined, got: object): object {
  if (expected === undefined) return got;
  return Object.fromEntries(Object.entries(got).filter(([member]) => Object.hasOwn(expected, member)));
}

export function compareEnd(dialogue: Dialogue, conversation: ConversationResult<never>): FieldDifference[] {
  const { finalCollected, completed } = dialogue;
  const { collected, status } = conversation.workflowState;
  return compare(
    { finalCollected, completed },
    { finalCollected: collected, completed: status === 'completed' },
  );
}

function compare(expected: object, got: object): FieldDifference[] {
  const gotByField = new Map<string, unknown>(Object.entries(got));
  return Object.entries(expected).flatMap(([field, value]: [string, unknown]) => {
    if (value === undefined || isDeepStrictEqual(value, gotByField.get(field))) return [];
    return [{ field, expected: value, got: gotByField.get(field) }];
  });
}
