import { z } from 'zod';

/** A schema with all the schemas within it: of list items, properties, choices, and what wraps another. */
export function partsOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  const parts = new Set<z.core.$ZodType>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (value instanceof z.core.$ZodType && !parts.has(value)) {
      parts.add(value);
      const definition: [string, unknown][] = Object.entries(value._zod.def);
      for (const [key, within] of definition) {
        if (key === 'shape' && typeof within === 'object' && within !== null) visit(Object.values(within));
        // A schema that names itself is given by a function.
        else if (key === 'getter' && typeof within === 'function')
          visit(Reflect.apply(within, undefined, []));
        else visit(within);
      }
    }
  };
  visit(schema);
  return [...parts];
}
