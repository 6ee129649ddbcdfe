export function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}
