import { z } from 'zod';
import { patternSteps } from './pattern-steps.ts';
import { partsOf } from './schema-parts.ts';

/**
 * What is wrong with the patterns of a field, each once. They are tried on what anybody says, by the server and by clients
 * that read them in `workflow.definitions`, so each must be linear.
 */
export function patternFaults(schema: z.core.$ZodType): string[] {
  const patterns = partsOf(schema).flatMap(ownPatterns);
  return [...new Set(patterns.map(patternFault).filter((fault) => fault !== null))];
}

export function patternFault({ source, flags }: RegExp): string | null {
  if (patternSteps(source, flags) !== null) return null;
  return (
    `its pattern /${firstOf(source)}/ may take very long on some texts, or it is not known how long: begin it with ^; leave out ` +
    'backreferences and lookbehinds; and let no two repeats in a row, or one within another, fit the same characters'
  );
}

function firstOf(source: string): string {
  return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}

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
function ownPatterns(schema: z.core.$ZodType): RegExp[] {
  const { def } = schema._zod;
  const checks = [...(def.checks ?? []).map((check): object => check._zod.def), def];
  return checks.flatMap((check) => {
    if ('format' in check && typeof check.format === 'string' && madeUpByZod.has(check.format)) return [];
    const values: unknown[] = Object.values(check);
    return values.filter((value): value is RegExp => value instanceof RegExp && !zodsOwn.has(value));
  });
}
