import { parse } from '@humanwhocodes/momoa';
import type { MemberNode, ValueNode } from '@humanwhocodes/momoa';
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

/**
 * Finds the line of a fault in a text that is JSON.
 * @param path the fault's path, dotted; fields may be named without the `properties` around them
 * @returns the line, from 1, of the last part of the path that exists
 */
export function lineOf(text: string, path: string): number {
  let at: ValueNode = parse(text).body;
  let line = at.loc.start.line;
  for (const part of path === '' ? [] : path.split('.')) {
    const member = memberOf(at, part) ?? memberOf(memberOf(at, 'properties')?.value ?? at, part);
    const next = member?.value ?? elementOf(at, part);
    if (next === null) break;
    line = (member ?? next).loc.start.line;
    at = next;
  }
  return line;
}

function memberOf(node: ValueNode, name: string): MemberNode | null {
  if (node.type !== 'Object') return null;
  return node.members.find(({ name: key }) => key.type === 'String' && key.value === name) ?? null;
}

function elementOf(node: ValueNode, index: string): ValueNode | null {
  return node.type === 'Array' ? (node.elements[Number(index)]?.value ?? null) : null;
}
