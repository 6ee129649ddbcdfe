import { agentActions } from '../../../contract/results.ts';
import { z } from 'zod';
import type { Json } from '../../../workflows/definition/json.ts';
import { parseRelaxedJson } from './relaxed-json.ts';
import { toBoundedJson } from '../../domain/json.ts';
import { limits } from '../../domain/limits.ts';

/**
 * The agent contract: the structure that an agent may answer with (docs/agent-contract.md). Every key is optional, and
 * unknown keys pass. Models that must fill in a given schema send `null` for the keys that they leave out.
 */
const contractSchema = z.looseObject({
  action: z.enum(agentActions).nullish(),
  prompt: z.string().nullish(),
  data: z.record(z.string(), z.json()).nullish(),
  step: z.string().max(64).nullish(),
  more: z.string().max(64).nullish(),
  citations: z.array(z.unknown()).nullish().catch(undefined),
});

export type Contract = z.infer<typeof contractSchema>;

export type ContractReading =
  /** The value is something else than the contract. */
  | { readonly kind: 'other' }
  | { readonly kind: 'contract'; readonly contract: Contract }
  | {
      readonly kind: 'malformed';
      readonly issues: readonly string[];
      /** The prompt, if at least that can be read. */
      readonly prompt: string | null;
    };

// `confidence` and `citations` alone ask for nothing, and services use these names for their own purposes.
const tellingKeys = ['action', 'data', 'step', 'prompt'];
// The key may have any quotes. One without quotes, as in JavaScript, must follow a brace or a comma.
const tellingKey = /(?:(["'])(?:action|data|step|prompt)\1|[{,]\s*(?:action|data|step|prompt))\s*:/;

/** Reads a value that may be the contract. Never throws, whatever it is given. */
export function readContract(candidate: unknown): ContractReading {
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate))
    return { kind: 'other' };
  if (!tellingKeys.some((key) => Object.hasOwn(candidate, key))) return { kind: 'other' };
  const bounded = toBoundedJson(candidate);
  if (!bounded.ok) return { kind: 'malformed', issues: [bounded.issue], prompt: promptOf(candidate) };
  const parsed = contractSchema.safeParse(bounded.value);
  if (parsed.success) return { kind: 'contract', contract: parsed.data };
  return {
    kind: 'malformed',
    issues: parsed.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`),
    prompt: promptOf(candidate),
  };
}

/** Reads a text that may be the contract, or a list of contracts, as JSON. */
export function readContractsText(text: string): readonly ContractReading[] {
  if (text.length > limits.structureChars) {
    return [malformedText(text, `is longer than ${limits.structureChars} characters`)];
  }
  const parsed = parseRelaxedJson(text);
  if (parsed === undefined) return [malformedText(text, 'is not valid JSON')];
  if (!Array.isArray(parsed)) return [readContract(parsed)];
  const readings = parsed.slice(0, longestList).map((item: Json) => readContract(item));
  return readings.length === 0 ? [{ kind: 'other' }] : readings;
}

/** The number of contracts that are read of a list: a model writes one, or the same one twice. */
const longestList = 20;

/** Describes a text that looks like the contract, but cannot be read as JSON. */
export function malformedText(text: string, issue: string): ContractReading {
  const [, quoted] = quotedPrompt.exec(text.slice(0, limits.structureChars)) ?? [];
  const prompt: unknown = quoted === undefined ? null : parseRelaxedJson(quoted);
  return { kind: 'malformed', issues: [issue], prompt: typeof prompt === 'string' ? prompt : null };
}

// Matches only a whole prompt, because half a prompt is no answer.
const quotedPrompt = /"prompt"\s*:\s*("(?:[^"\\]|\\[^])*")/;

/** Returns whether a text that is no JSON was meant as the contract, because it names one of its keys. */
export function looksLikeContract(text: string): boolean {
  return tellingKey.test(text);
}

/** Returns whether a value was meant as the contract, well formed or not. */
export function isContractLike({ kind }: ContractReading): boolean {
  return kind !== 'other';
}

function promptOf(candidate: object): string | null {
  const prompt: unknown = Object.getOwnPropertyDescriptor(candidate, 'prompt')?.value;
  return typeof prompt === 'string' && prompt.length <= limits.messageChars ? prompt : null;
}
