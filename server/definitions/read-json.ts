import type { Json } from '../../workflows/definition/json.ts';

type ReadJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Parses JSON. A syntax error comes with its line, from 1. */
export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch (error) {
    const untilFault = text.slice(0, Math.max(shortestBrokenPrefix(text) - 1, 0));
    return { ok: false, line: untilFault.split('\n').length, reason: reasonOf(error) };
  }
}

/**
 * The length of the shortest prefix that no further text could complete to JSON. Node names a position in some of its
 * messages only, but it reports a completable prefix differently: the error is at the end of the prefix.
 */
function shortestBrokenPrefix(text: string): number {
  let repairable = 0;
  let broken = text.length;
  while (broken - repairable > 1) {
    const middle = (repairable + broken) >> 1;
    if (isBeyondRepair(text.slice(0, middle))) broken = middle;
    else repairable = middle;
  }
  return broken;
}

function isBeyondRepair(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return false;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = / at position (\d+)/.exec(message)?.[1];
    const failedAtItsEnd =
      position === undefined ? message.includes('end of JSON') : Number(position) >= prefix.length;
    return !failedAtItsEnd;
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Node quotes the surrounding text, which may span lines, and counts in characters.
  return message.replace(/, (\.\.\.)?"[^]*is not valid JSON$/, '').replace(/ at position \d+.*$/, '');
}
