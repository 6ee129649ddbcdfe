/** The word that was probably meant by one that is none of them, as a question; empty where none is near. */
export function didYouMean(word: string, words: Iterable<string>): string {
  let nearest: { readonly word: string; readonly distance: number } | null = null;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (
      distance <= Math.max(1, Math.floor(candidate.length / 3)) &&
      distance < (nearest?.distance ?? Infinity)
    )
      nearest = { word: candidate, distance };
  }
  return nearest === null ? '' : `: did you mean "${nearest.word}"?`;
}

/** Levenshtein's: how many characters must be put in, taken out or changed. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of Array.from(one.slice(0, 100)).entries()) {
    const here = [row + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = (above[column - 1] ?? 0) + (other.charAt(column - 1) === character ? 0 : 1);
      here.push(Math.min(changed, (above[column] ?? 0) + 1, (here[column - 1] ?? 0) + 1));
    }
    above = here;
  }
  return above[other.length] ?? 0;
}
