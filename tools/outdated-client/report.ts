import type { Weighed } from './weigh.ts';

/** Compares the two installations, and judges the newer one. */
export function report(
  locked: Weighed,
  newest: Weighed,
): { readonly text: string; readonly isFine: boolean } {
  const packages = [...newest.packages].map(([name, now]) => {
    const before = locked.packages.get(name);
    const change = before?.version === now.version ? '' : 'newer';
    return [
      name,
      before?.version ?? '',
      now.version,
      kilobytes(before?.bytes ?? 0),
      kilobytes(now.bytes),
      change,
    ];
  });
  const bundles = newest.bundles.map(({ name, gzipBytes, limit }, index) => [
    name,
    kilobytes(locked.bundles[index]?.gzipBytes ?? 0),
    kilobytes(gzipBytes),
    kilobytes(limit),
    gzipBytes <= limit ? 'ok' : 'TOO LARGE',
  ]);
  const types = newest.types.map(({ name, complaints }) => [name, complaints === '' ? 'ok' : 'FAILS']);
  const isLight = newest.bundles.every(({ gzipBytes, limit }) => gzipBytes <= limit);
  const isTyped = newest.types.every(({ complaints }) => complaints === '');
  const text = [
    'Packages (KB in the bundle of the hooks, minified; peers are left out of it)',
    table([['package', 'lock file', 'newest', 'KB now', 'KB newest', ''], ...packages]),
    'Bundles (KB, minified and gzipped)',
    table([['bundle', 'lock file', 'newest', 'limit', ''], ...bundles]),
    'Types, with the newest versions',
    table([['compiled', ''], ...types]),
    ...newest.types.flatMap(({ name, complaints }) => (complaints === '' ? [] : [`${name}:\n${complaints}`])),
    isLight && isTyped
      ? 'The newest allowed versions pass.'
      : 'The newest allowed versions do not pass: narrow the range in client-sdk/package.json, or mend the client.',
  ].join('\n\n');
  return { text, isFine: isLight && isTyped };
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}
