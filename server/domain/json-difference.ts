/**
 * The difference between two JSON objects, and its application: `applyDifference(before, differenceOf(before, after))`
 * equals `after`.
 *
 * A difference names only the members that differ. Its value for a member is `[value]` for one that is new or replaced,
 * `0` for one that is gone, and a difference of its own where both sides are objects. Lists are compared as a whole. A
 * member that is undefined counts as absent, as it does in JSON.
 */

export interface Difference {
  readonly [member: string]: Difference | readonly [unknown] | 0;
}

/** Returns null for equal objects. Runs on every turn: it visits each member once where the two have the same ones. */
export function differenceOf(before: object, after: object): Difference | null {
  const changes: [string, Difference[string]][] = [];
  const members = Object.keys(after);
  let shared = 0;
  for (const member of members) {
    const now = memberOf(after, member);
    const isShared = Object.hasOwn(before, member);
    if (isShared) shared += 1;
    const was = isShared ? memberOf(before, member) : undefined;
    // The usual case, in which parts of a state are the very same objects.
    if (was === now) continue;
    if (now === undefined) changes.push([member, 0]);
    else if (isObject(was) && isObject(now)) {
      const inner = differenceOf(was, now);
      if (inner !== null) changes.push([member, inner]);
    } else if (!isSame(was, now)) changes.push([member, [now]]);
  }
  const earlier = Object.keys(before);
  if (earlier.length > shared) {
    for (const member of earlier) {
      if (!Object.hasOwn(after, member) && memberOf(before, member) !== undefined) changes.push([member, 0]);
    }
  }
  // A member named `__proto__` stays a member this way.
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

/**
 * @param difference as it was read: not known to be one
 * @throws TypeError for what is no difference
 */
export function applyDifference(before: object, difference: unknown): object {
  if (!isObject(difference)) throw new TypeError('a difference is an object');
  const members = new Map<string, unknown>(entriesOf(before));
  for (const [member, change] of entriesOf(difference)) {
    if (change === 0) members.delete(member);
    else if (Array.isArray(change) && change.length === 1) members.set(member, change[0]);
    else members.set(member, applyDifference(objectIn(members, member), change));
  }
  return Object.fromEntries(members);
}

function objectIn(members: ReadonlyMap<string, unknown>, member: string): object {
  const found = members.get(member);
  if (!isObject(found)) throw new TypeError('a difference of objects is applied to something else');
  return found;
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  return isObject(left) && isObject(right) && differenceOf(left, right) === null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entriesOf(object: object): [string, unknown][] {
  return Object.entries(object);
}

/** Reflect.get does the same in three times the time. */
function memberOf(object: object, member: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[member];
}
