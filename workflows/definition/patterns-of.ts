import { z } from 'zod';

const zodsOwn: ReadonlySet<unknown> = new Set(Object.values(z.regexes));
/** Formats whose expression zod makes up from options, so that it is none of `z.regexes`. */
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

/** The regular expressions that a schema, or one of its checks, was given by whoever wrote it. */
export function patternsOf(schema: z.core.$ZodType): RegExp[] {
  const { def } = schema._zod;
  const checks = [...(def.checks ?? []).map((check): object => check._zod.def), def];
  return checks.flatMap((check) => {
    if ('format' in check && typeof check.format === 'string' && madeUpByZod.has(check.format)) return [];
    const values: unknown[] = Object.values(check);
    return values.filter((value): value is RegExp => value instanceof RegExp && !zodsOwn.has(value));
  });
}
