import type { z } from 'zod';

/** One fault of a definition: its place, and a message that says how to correct it. */
export interface DefinitionFault {
  /** Dotted path from the root: `steps.1.collects.startDate`. Empty for the definition itself. */
  readonly path: string;
  readonly message: string;
}

export function faultsOf(error: z.ZodError, prefix = ''): DefinitionFault[] {
  return error.issues.map((issue) => ({
    path: [prefix, ...issue.path.map(String)].filter((part) => part !== '').join('.'),
    message: issue.message,
  }));
}
