import { z } from 'zod';
import type { Json } from '../../workflows/definition/json.ts';
import { toBoundedJson } from './bounded-json.ts';
import { limits } from './limits.ts';
import { agentActions } from './parsed-turn.ts';

/**
 * The structure an agent may answer with (docs/workflows.md); everything is optional, unknown keys are let pass. Models
 * that must fill in a given schema send `null` for what they leave out.
 */
const contractSchema = z.looseObject({
  action: z.enum(agentActions).nullish(),
  prompt: z.string().nullish(),
  data: z.record(z.string(), z.json()).nullish(),
  step: z.string().max(64).nullish(),
  citations: z.array(z.unknown()).nullish().catch(undefined),
});

export type Contract = z.infer<typeof contractSchema>;

export type ContractReading =
  /** Not meant as the contract at all. */
  | { readonly kind: 'other' }
  | { readonly kind: 'contract'; readonly contract: Contract }
  | { readonly kind: 'malformed'; readonly issues: readonly string[] };

// `confidence` and `citations` alone say nothing to do, and services use such names for their own purposes.
const tellingKeys = ['action', 'data', 'step', 'prompt'];

/** Reads a value that may be the contract. Never throws, whatever it is given. */
export function readContract(candidate: unknown): ContractReading {
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate))
    return { kind: 'other' };
  if (!tellingKeys.some((key) => Object.hasOwn(candidate, key))) return { kind: 'other' };
  const bounded = toBoundedJson(candidate);
  if (!bounded.ok) return { kind: 'malformed', issues: [bounded.issue] };
  const parsed = contractSchema.safeParse(bounded.value);
  if (parsed.success) return { kind: 'contract', contract: parsed.data };
  return {
    kind: 'malformed',
    issues: parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`),
  };
}

/** Reads a piece of text that may be the contract as JSON. */
export function readContractText(text: string): ContractReading {
  if (text.length > limits.structureChars) {
    return { kind: 'malformed', issues: [`is longer than ${limits.structureChars} characters`] };
  }
  const parsed = parseJson(text);
  return parsed === undefined ? { kind: 'malformed', issues: ['is not valid JSON'] } : readContract(parsed);
}

function parseJson(text: string): Json | undefined {
  try {
    // Safe to call JSON: only readContract looks at it, as something unknown.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
