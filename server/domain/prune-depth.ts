import { limits } from './limits.ts';

interface Pruned {
  readonly value: unknown;
  /** Whether something was left out for its depth. */
  readonly isCut: boolean;
  /** Whether something was left out because there was too much of it. */
  readonly isWide: boolean;
}

/**
 * A copy without what is nested deeper than anything here reads (`null` stands in its place), so that recursion over
 * it is safe: `JSON.stringify` runs out of stack at some thousand levels. Lists and objects end where there have been
 * too many values in all; the outermost one's members are counted by themselves, so that a long one leaves the others
 * their place. What is not a plain object or a list, and what contains itself, is left as it is.
 */
export function pruneDepth(value: unknown): Pruned {
  let isCut = false;
  let isWide = false;
  const left = { members: limits.activityValues, others: limits.activityValues };
  const ancestors = new Set<object>();
  const mayTake = (): boolean => {
    const kind = ancestors.size === 1 ? 'members' : 'others';
    left[kind] -= 1;
    isWide ||= left[kind] < 0;
    return left[kind] >= 0;
  };
  const copy = (from: unknown): unknown => {
    if (typeof from !== 'object' || from === null || !isContainer(from) || ancestors.has(from)) return from;
    if (ancestors.size >= limits.activityDepth) {
      isCut = true;
      return null;
    }
    ancestors.add(from);
    const copied = Array.isArray(from) ? copyList(from) : copyObject(from);
    ancestors.delete(from);
    return copied;
  };
  const copyList = (from: readonly unknown[]): unknown[] => {
    const copied: unknown[] = [];
    for (const item of from) {
      if (!mayTake()) break;
      copied.push(copy(item));
    }
    return copied;
  };
  const copyObject = (from: object): object => {
    const copied: [string, unknown][] = [];
    // Not by Object.entries: that would look at all of them.
    for (const key in from) {
      if (!Object.hasOwn(from, key)) continue;
      if (!mayTake()) break;
      copied.push([key, copy(Reflect.get(from, key))]);
    }
    // A key such as `__proto__` stays an own key, as JSON.parse made it.
    return Object.fromEntries(copied);
  };
  return { value: copy(value), isCut, isWide };
}

function isContainer(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
