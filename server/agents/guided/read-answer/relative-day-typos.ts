import { editDistance } from '../../../../workflows/definition/edit-distance.ts';

interface DayWord {
  readonly word: string;
  /** A word that chrono reads the same way, short enough to replace a typo that lost letters. */
  readonly standIn: string;
  readonly mostEdits: number;
}

const dayWords: readonly DayWord[] = [
  { word: 'today', standIn: 'today', mostEdits: 1 },
  { word: 'tomorrow', standIn: 'tmr', mostEdits: 2 },
  { word: 'yesterday', standIn: '1d ago', mostEdits: 2 },
];

/** Corrects "tomorow" and the like; every other character keeps its place. */
export function correctRelativeDays(text: string): string {
  return text.replace(/\p{L}{5,11}/gu, (written) => {
    const said = written.toLowerCase();
    const meant = dayWords.find(({ word, mostEdits }) => isTypo(said, word, mostEdits));
    // The padding goes before the word: chrono looks for a time directly after the day.
    return meant === undefined ? written : meant.standIn.padStart(written.length, '|');
  });
}

function isTypo(said: string, word: string, mostEdits: number): boolean {
  if (said === word || !said.startsWith(word.charAt(0))) return false;
  if (said.length < word.length - 1 || said.length > word.length + 2 || said.length < 5) return false;
  return editDistance(word, said) <= mostEdits;
}
