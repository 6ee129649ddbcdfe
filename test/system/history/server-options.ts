import { z } from 'zod';
import type { AgentMoods } from './ledger-agent.ts';

/** The options of a server under test in addition to the product's own settings. */
export interface ServerOptions {
  readonly journalFile: string;
  readonly seed: number;
  /** Unique among all the processes of a run. */
  readonly instance: string;
  readonly moods: AgentMoods;
}

const variable = 'HISTORY_SERVER';

const weight = z.number().nonnegative();
const optionsSchema = z.object({
  journalFile: z.string(),
  seed: z.number(),
  instance: z.string(),
  moods: z.object({
    weights: z.object({
      quick: weight,
      slow: weight,
      'slower than a lease': weight,
      fails: weight,
      empty: weight,
      garbage: weight,
      hangs: weight,
      deaf: weight,
    }),
    longestMs: z.number(),
  }),
});

export function writeServerOptions(options: ServerOptions): Record<string, string> {
  return { [variable]: JSON.stringify(options) };
}

export function readServerOptions(env: Readonly<Record<string, string | undefined>>): ServerOptions {
  return optionsSchema.parse(JSON.parse(env[variable] ?? ''));
}
