/** More levels than any server accepts. */
const deepest = 100;

/** A value in a call's input that JSON lacks. It is found before anything is sent. */
export class NotSendable extends Error {
  /** Dotted, from the input's root: `input.data.from`. */
  readonly path: string;

  constructor(path: string, problem: string, cause?: unknown) {
    super(problem, { cause });
    this.path = path;
  }
}

/**
 * Makes the form in which a call's input is sent: plain JSON under `json`. The server reads nothing else, so a value
 * that JSON would lose or change (a Date, a Map, NaN) is refused here. An undefined property is left out. superjson
 * does not write inputs, because it refuses names such as `constructor`, which data may well have.
 * @throws NotSendable
 */
export function sendableJson(input: unknown): { readonly json: unknown } | undefined {
  return input === undefined ? undefined : { json: copy(input, '', []) };
}

function copy(value: unknown, path: string, above: readonly object[]): unknown {
  if (typeof value === 'object') return value === null ? null : copyObject(value, path, above);
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  throw new NotSendable(
    path,
    `is ${typeof value === 'number' || value === undefined ? value : `a ${typeof value}`}`,
  );
}

function copyObject(value: object, path: string, above: readonly object[]): unknown {
  if (above.includes(value)) throw new NotSendable(path, 'is part of itself');
  if (above.length >= deepest) throw new NotSendable(path, `is nested more than ${deepest} levels deep`);
  const within = [...above, value];
  const copyAt = (key: string, item: unknown): unknown =>
    copy(item, path === '' ? key : `${path}.${key}`, within);
  try {
    if (Array.isArray(value)) return Array.from(value, (item, index) => copyAt(String(index), item));
    const prototype = Object.getPrototypeOf(value) as object | null;
    // An object of another realm, such as a frame, may be plain, too.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw new NotSendable(path, `is a ${prototype.constructor.name}`);
    if (Object.hasOwn(value, '__proto__')) throw new NotSendable(path, 'has the key "__proto__"');
    const given = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(given.map(([key, item]) => [key, copyAt(key, item)]));
  } catch (cause) {
    // A getter or a proxy may throw.
    throw cause instanceof NotSendable
      ? cause
      : new NotSendable(path, `can't be read: ${String(cause)}`, cause);
  }
}
