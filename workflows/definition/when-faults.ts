import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';

interface StepWithCondition {
  /** Undefined if the step has none, or one that is not a function: another check reports that. */
  readonly when: ((collected: object) => unknown) | undefined;
  /** Field names; null if `collects` is not a zod object. */
  readonly fields: readonly string[] | null;
}

/** Calls each `when` once with no collected fields, as every conversation begins, and lists the faults. */
export function whenFaults(steps: readonly StepWithCondition[]): DefinitionFault[] {
  return steps.flatMap(({ when }, index) => {
    if (when === undefined) return [];
    const before = steps.slice(0, index).map(({ fields }) => fields);
    const known = before.flatMap((fields) => fields ?? []);
    const { collected, read } = nothingCollected();
    const message = faultOfCall(() => when(collected));
    const unknown = before.includes(null) ? [] : [...read].filter((name) => !known.includes(name));
    return [
      ...unknown.map((name) => `reads "${name}", which no step before it collects${didYouMean(name, known)}`),
      ...(message === null ? [] : [message]),
    ].map((fault) => ({ path: `steps.${index}.when`, message: fault }));
  });
}

function faultOfCall(call: () => unknown): string | null {
  let applies: unknown;
  try {
    applies = call();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return `throws while nothing is collected yet (${words}): every field may be missing, so test it first`;
  }
  if (typeof applies === 'boolean') return null;
  const what = applies instanceof Promise ? 'a promise' : applies === undefined ? 'nothing' : typeof applies;
  return `must return true or false, also while nothing is collected yet; it returns ${what}`;
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
