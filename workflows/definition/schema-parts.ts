import { z } from 'zod';

/** Returns a schema and all schemas within it: items, properties, options, and the inner types of wrappers. */
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
        // zod keeps a recursive schema as a function.
        else if (key === 'getter' && typeof within === 'function')
          visit(Reflect.apply(within, undefined, []));
        else visit(within);
      }
    }
  };
  visit(schema);
  return [...parts];
}

const zodsOwn: ReadonlySet<unknown> = new Set(Object.values(z.regexes));
/** Formats whose expression zod builds from options, so that it is not one of `z.regexes`. */
const madeUpByZod: ReadonlySet<string> = new Set([
  ...[
    'date',
    'time',
    'datetime',
    'duration',
    'uuid',
    'guid',
    'emoji',
    'mac',
    'includes',
    'starts_with',
    'ends_with',
  ],
]);

/**
 * The regular expressions that an author gave to a schema or to one of its checks; those of zod itself are left out.
 */
export function patternsOf(schema: z.core.$ZodType): RegExp[] {
  const { def } = schema._zod;
  const checks = [...(def.checks ?? []).map((check): object => check._zod.def), def];
  return checks.flatMap((check) => {
    if ('format' in check && typeof check.format === 'string' && madeUpByZod.has(check.format)) return [];
    const values: unknown[] = Object.values(check);
    return values.filter((value): value is RegExp => value instanceof RegExp && !zodsOwn.has(value));
  });
}
