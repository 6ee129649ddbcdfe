import type { DefinitionFault } from '../../workflows/definition/definition-fault.ts';
import type { Difference } from './compare.ts';
import type { Replay } from './replay-file.ts';

/** What came of one file. */
export type FileOutcome = { readonly file: string } & (
  | { readonly kind: 'faulty'; readonly faults: readonly DefinitionFault[] }
  | { readonly kind: 'played'; readonly replay: Replay; readonly differences: readonly Difference[] }
);

/** The file's own line, and one for everything that is wrong with it. */
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

/** The last line of all. */
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

function turnsOf({ dialogues }: Replay): number {
  return dialogues.reduce((sum, { turns }) => sum + turns.length, 0);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
