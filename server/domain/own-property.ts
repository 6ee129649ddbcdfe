/**
 * What an object holds under a key itself; what it only inherits does not count: a name from outside never reaches what
 * every object inherits.
 */
export function ownProperty<Value>(from: Readonly<Record<string, Value>>, key: string): Value | undefined;
export function ownProperty(from: unknown, key: string): unknown;
export function ownProperty(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return Object.getOwnPropertyDescriptor(from, key)?.value;
}
