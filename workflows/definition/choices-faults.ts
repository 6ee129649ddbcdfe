import { z } from 'zod';
import type { DefinitionFault } from './definition-fault.ts';
import { didYouMean } from './edit-distance.ts';
import { unwrapped } from './text-bounds.ts';

interface StepWithLookups {
  readonly collects: z.ZodObject | undefined;
  /** Field names; null if `collects` is not a zod object. */
  readonly fields: readonly string[] | null;
  readonly lookedUp: readonly string[];
}

/** Lists the lookups of a step that are for no field of it, or for one whose values are no texts. */
export function choicesFaults(
  { collects, fields, lookedUp }: StepWithLookups,
  path: string,
): DefinitionFault[] {
  if (fields === null) return [];
  return lookedUp.flatMap((name) => {
    const at = `${path}.${name}`;
    if (!fields.includes(name)) {
      return [{ path: at, message: `the step does not collect "${name}"${didYouMean(name, fields)}` }];
    }
    const schema = new Map(Object.entries<z.core.$ZodType>(collects?.shape ?? {})).get(name);
    return schema === undefined || unwrapped(schema) instanceof z.core.$ZodString
      ? []
      : [{ path: at, message: 'choices are looked up for texts only: make the field a z.string()' }];
  });
}
