/** Marks that turn the letters after them round, up to the end of their paragraph unless another one ends them. */
const embeddings = /[\u202a-\u202e]/g;
const isolates = /[\u2066-\u2069]/g;
const endOfIsolate = '\u2069';

/**
 * Returns a text without the invisible marks by which it could show other words in another order than it holds them.
 * Letters that are written from right to left need none of them; isolates that end in their own line are kept.
 */
export function withoutTurningMarks(text: string): string {
  return text
    .replace(embeddings, '')
    .split('\n')
    .map((line) => (isBalanced(line) ? line : line.replace(isolates, '')))
    .join('\n');
}

function isBalanced(line: string): boolean {
  let open = 0;
  for (const [mark] of line.matchAll(isolates)) {
    open += mark === endOfIsolate ? -1 : 1;
    if (open < 0) return false;
  }
  return open === 0;
}
