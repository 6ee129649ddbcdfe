/** Names with commas between them, in lines of so many columns: a terminal's edge would cut one in two. */
export function foldNames(names: readonly string[], columns: number): string[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  return others.reduce<string[]>(
    (lines, name) => {
      const last = `${lines.at(-1) ?? ''},`;
      const longer = `${last} ${name}`;
      // One column is left for the comma behind it.
      return longer.length < columns ? [...lines.slice(0, -1), longer] : [...lines.slice(0, -1), last, name];
    },
    [first],
  );
}
