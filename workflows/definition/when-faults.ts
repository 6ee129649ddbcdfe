import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './closest.ts';

interface StepWithCondition {
  /** Undefined where the step has none, or one that is no function: that is a fault of its own. */
  readonly when: ((collected: object) => unknown) | undefined;
  /** The names of its fields; null where they can't be read. */
  readonly fields: readonly string[] | null;
}

/**
 * What is wrong with the conditions of steps. Each is called once on a conversation in which nothing is collected, because
 * that is what every conversation begins with.
 */
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

/** No fields, and the names of those that were asked for. */
function nothingCollected(): { readonly collected: object; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  const note = (name: string | symbol): void => {
    // What every object has, or is asked for when it is written as JSON, is no field.
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
