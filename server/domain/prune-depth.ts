import { limits } from './limits.ts';

interface Pruned {
  readonly value: unknown;
  /** Whether something was left out. */
  readonly isCut: boolean;
}

/**
 * A copy without what is nested deeper than anything here reads (`null` stands in its place), so that recursion over
 * it is safe: `JSON.stringify` runs out of stack at some thousand levels. What is not a plain object or a list, and
 * what contains itself, is left as it is.
 * @throws RangeError when it holds more values than an answer may have characters
 */
export function pruneDepth(value: unknown): Pruned {
  let isCut = false;
  let remaining: number = limits.answerChars;
  const ancestors = new Set<object>();
  const copy = (from: unknown): unknown => {
    remaining -= 1;
    if (remaining < 0) throw new RangeError('holds too many values');
    if (typeof from !== 'object' || from === null || !isContainer(from) || ancestors.has(from)) return from;
    if (ancestors.size >= limits.activityDepth) {
      isCut = true;
      return null;
    }
    ancestors.add(from);
    const copied = Array.isArray(from)
      ? from.map(copy)
      : // A key such as `__proto__` stays an own key, as JSON.parse made it.
        Object.fromEntries(Object.entries(from).map(([key, item]: [string, unknown]) => [key, copy(item)]));
    ancestors.delete(from);
    return copied;
  };
  return { value: copy(value), isCut };
}

function isContainer(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
