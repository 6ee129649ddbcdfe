import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';

interface StepWithFunctions {
  /** Undefined if the step has none, or one that is not a function: another check reports that. */
  readonly when: ((collected: object, context: object) => unknown) | undefined;
  /** By field name. */
  readonly fieldWhen: ReadonlyMap<string, (collected: object, context: object) => unknown>;
  readonly check: ((given: object) => unknown) | undefined;
  /** Field names; null if `collects` is not a zod object. */
  readonly fields: readonly string[] | null;
}

/** A function of a definition, and the fields that it may read. */
interface Call {
  readonly at: string;
  readonly run: (collected: object) => unknown;
  /** Null where they can't be told. */
  readonly known: readonly string[] | null;
  readonly among: string;
  readonly returned: (value: unknown) => string | null;
}

/**
 * Calls each function of the steps, and the check of the workflow, once with no collected fields, as every conversation
 * begins, and lists the faults.
 */
export function functionFaults(
  steps: readonly StepWithFunctions[],
  check: ((given: object) => unknown) | undefined,
): DefinitionFault[] {
  const calls = steps.flatMap((step, index) => callsOf(step, steps.slice(0, index), `steps.${index}`));
  if (check !== undefined) {
    const known = namesIn(steps);
    calls.push(checkCall(check, { at: 'check', known, among: 'which no step collects' }));
  }
  return calls.flatMap(faultsOfCall);
}

function callsOf(step: StepWithFunctions, before: readonly StepWithFunctions[], path: string): Call[] {
  const { when, fieldWhen, check, fields } = step;
  const calls: Call[] = [];
  if (when !== undefined) {
    calls.push({
      at: `${path}.when`,
      run: (collected) => when(collected, {}),
      known: namesIn(before),
      among: 'which no step before it collects',
      returned: notBoolean,
    });
  }
  for (const [name, applies] of fieldWhen) {
    const earlier = fields?.slice(0, Math.max(0, fields.indexOf(name))) ?? null;
    calls.push({
      at: `${path}.fieldWhen.${name}`,
      run: (collected) => applies(collected, {}),
      known: namesIn([...before, { fields: earlier }]),
      among: 'which neither a step nor a field before it collects',
      returned: notBoolean,
    });
  }
  if (check !== undefined) {
    const known = namesIn([...before, step]);
    const among = 'which neither its step nor a step before it collects';
    calls.push(checkCall(check, { at: `${path}.check`, known, among }));
  }
  return calls;
}

function checkCall(check: (given: object) => unknown, call: Pick<Call, 'at' | 'known' | 'among'>): Call {
  return { ...call, run: (fields) => check({ fields, context: {} }), returned: notIssues };
}

function namesIn(steps: readonly Pick<StepWithFunctions, 'fields'>[]): readonly string[] | null {
  const names = steps.map(({ fields }) => fields);
  return names.includes(null) ? null : names.flatMap((fields) => fields ?? []);
}

function faultsOfCall({ at, run, known, among, returned }: Call): DefinitionFault[] {
  const { collected, read } = nothingCollected();
  const message = messageOfCall(() => run(collected), returned);
  const unknown = known === null ? [] : [...read].filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => `reads "${name}", ${among}${didYouMean(name, known ?? [])}`),
    ...(message === null ? [] : [message]),
  ].map((fault) => ({ path: at, message: fault }));
}

function messageOfCall(call: () => unknown, returned: Call['returned']): string | null {
  try {
    return returned(call());
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return `throws while nothing is collected yet (${words}): every field may be missing, so test it first`;
  }
}

function notBoolean(applies: unknown): string | null {
  if (typeof applies === 'boolean') return null;
  return `must return true or false, also while nothing is collected yet; it returns ${kindOf(applies)}`;
}

function notIssues(issues: unknown): string | null {
  const isRecord =
    typeof issues === 'object' && issues !== null && !Array.isArray(issues) && !(issues instanceof Promise);
  if (isRecord) return null;
  return `must return an object of issues by field, empty for none; it returns ${kindOf(issues)}`;
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return value === undefined ? 'nothing' : typeof value;
}

/** An empty object that records the field names that are read from it. */
function nothingCollected(): { readonly collected: object; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  const note = (name: string | symbol): void => {
    // Inherited names, and `toJSON`, which JSON.stringify reads, are not fields.
    if (typeof name === 'string' && !(name in Object.prototype) && name !== 'toJSON') read.add(name);
  };
  const collected = new Proxy<object>(
    {},
    {
      get: (target, name): unknown => {
        note(name);
        return Reflect.get(target, name);
      },
      has: (target, name) => {
        note(name);
        return Reflect.has(target, name);
      },
      getOwnPropertyDescriptor: (target, name) => {
        note(name);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    },
  );
  return { collected, read };
}
