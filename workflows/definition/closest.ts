import { editDistance } from './edit-distance.ts';

/** The word that was probably meant by one that is none of them, as a question; empty where none is near. */
export function didYouMean(word: string, words: Iterable<string>): string {
  let nearest: { readonly word: string; readonly distance: number } | null = null;
  for (const candidate of words) {
    const distance = editDistance(word.slice(0, 100).toLowerCase(), candidate.toLowerCase());
    if (
      distance <= Math.max(1, Math.floor(candidate.length / 3)) &&
      distance < (nearest?.distance ?? Infinity)
    )
      nearest = { word: candidate, distance };
  }
  return nearest === null ? '' : `: did you mean "${nearest.word}"?`;
}
