import type { TRPCCombinedDataTransformer } from '@trpc/server';
import superjson from 'superjson';
import type { Issue } from '../../contract/errors.ts';
import { wireLimits } from '../../contract/limits.ts';
import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import { envelopeMessage, invalidInput } from './failure.ts';
import { serializeOutput } from './output-transformer.ts';

/**
 * The transformer of inputs and outputs. Outputs are superjson's. Inputs have superjson's envelope but hold only JSON, and
 * `undefined` where superjson marks it in plain objects. Everything else that superjson can restore (typed arrays, sets,
 * regular expressions, shared references) is refused: it costs far more than its bytes (I11), and no input needs it.
 */
export const transformer: TRPCCombinedDataTransformer = {
  input: { serialize: (input) => superjson.serialize(input), deserialize: readInput },
  output: { serialize: serializeOutput, deserialize: superjson.deserialize },
};

const refusal = Symbol('the refusal of an input');

/**
 * Reads one input off the wire. tRPC reads the inputs of a batch together, so a refusal must not throw here: it would fail
 * the other calls too. It becomes a value for which `requireReadInput` throws, in the input's own call.
 */
export function readInput(wire: unknown): unknown {
  try {
    return unwrap(wire);
  } catch (error) {
    if (!isTurnkeeperError(error)) throw error;
    return { [refusal]: error };
  }
}

/** @throws TurnkeeperError INVALID_INPUT, where `readInput` refused this input */
export function requireReadInput(input: unknown): void {
  if (typeof input !== 'object' || input === null || !(refusal in input)) return;
  const failure = input[refusal];
  throw failure instanceof Error ? failure : new Error('an input was refused for no reason');
}

function unwrap(wire: unknown): unknown {
  if (!isRecord(wire)) throw notWrapped();
  const meta = wire['meta'] ?? {};
  if (!isRecord(meta)) throw refused([{ path: 'meta', message: 'must be an object' }]);
  const issues: Issue[] = [];
  for (const key of Object.keys(meta)) {
    if (key !== 'v' && key !== 'values')
      issues.push({ path: `meta.${key}`, message: 'is not taken: an input is plain JSON' });
  }
  const version = meta['v'] ?? 0;
  if (version !== 0 && version !== 1) issues.push({ path: 'meta.v', message: 'must be 1' });
  if (issues.length > 0) throw refused(issues);
  const values = meta['values'] ?? {};
  if (isUndefinedMark(values)) return undefined;
  if (!Object.hasOwn(wire, 'json')) throw notWrapped();
  const { json } = wire;
  if (!isRecord(values)) throw refused([{ path: 'meta.values', message: describeMark(values) }]);
  restoreUndefined(json, values);
  return json;
}

/** Sets the values that superjson marks as `undefined`, in place: nothing else holds the input yet. */
function restoreUndefined(json: unknown, marks: Readonly<Record<string, unknown>>): void {
  const paths = Object.keys(marks);
  if (paths.length > wireLimits.undefinedMarks) {
    const message = `must mark at most ${wireLimits.undefinedMarks} values; it marks ${paths.length}`;
    throw refused([{ path: 'meta.values', message }]);
  }
  const issues = paths.flatMap((path) => {
    const message = isUndefinedMark(marks[path]) ? setUndefined(json, path) : describeMark(marks[path]);
    return message === null ? [] : [{ path, message }];
  });
  if (issues.length > 0) throw refused(issues);
}

/** Sets one value, and returns null; returns the fault where it can't. */
function setUndefined(json: unknown, path: string): string | null {
  if (path.length > wireLimits.undefinedMarkChars) {
    return `is marked as undefined, at a path of more than ${wireLimits.undefinedMarkChars} characters`;
  }
  const keys = keysOf(path);
  if (keys === null) return 'is marked as undefined, at a path that superjson does not write';
  const last = keys.pop() ?? '';
  let holder = json;
  for (const key of keys) holder = ownValue(holder, key);
  if (Array.isArray(holder)) return 'is undefined in a list, which JSON does not have: leave it out';
  // Only an own property is replaced, so that no path can reach an inherited one.
  if (!isRecord(holder) || !Object.hasOwn(holder, last) || holder[last] !== null) {
    return 'is marked as undefined, but is no null of an object in the input';
  }
  holder[last] = undefined;
  return null;
}

function ownValue(holder: unknown, key: string): unknown {
  const isHolder = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key);
  return isHolder ? (holder as Record<string, unknown>)[key] : undefined;
}

/** The keys of a path that superjson joined: by dots, with a backslash before each dot or backslash in a key. */
function keysOf(path: string): string[] | null {
  const parts = path.match(/(?:[^.\\]|\\[.\\])+|\./g) ?? [];
  if (parts.join('') !== path) return null;
  const keys = [''];
  for (const part of parts) {
    if (part === '.') keys.push('');
    else keys[keys.length - 1] = part.replace(/\\(.)/g, '$1');
  }
  return keys;
}

function isUndefinedMark(mark: unknown): boolean {
  return Array.isArray(mark) && mark.length === 1 && mark[0] === 'undefined';
}

/** superjson's names for the kinds of values that it restores. */
const kinds = new Set(['bigint', 'Date', 'Error', 'map', 'number', 'regexp', 'set', 'URL', 'undefined']);

function describeMark(mark: unknown): string {
  const kind: unknown = Array.isArray(mark) ? mark[0] : undefined;
  const known = typeof kind === 'string' && kinds.has(kind) ? ` (superjson calls it "${kind}")` : '';
  return `must be JSON; it is marked as something else${known}`;
}

function notWrapped(): TurnkeeperError {
  return new TurnkeeperError('INVALID_INPUT', envelopeMessage, {
    issues: [{ path: '', message: 'must be an object with the input under "json"' }],
  });
}

function refused(issues: readonly Issue[]): TurnkeeperError {
  return invalidInput('The input is not plain JSON', issues);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
