import { parse } from '@humanwhocodes/momoa';
import type { MemberNode, ValueNode } from '@humanwhocodes/momoa';

/**
 * Finds the line of a fault in a JSON text.
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
