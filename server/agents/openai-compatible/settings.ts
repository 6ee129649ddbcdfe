import type { Clock } from '../../orchestrator/ports/clock.ts';

/**
 * The way to request structure: `auto` requests it by schema, and falls back to JSON in the text if the endpoint
 * refuses the schema; `json-schema` insists on the schema; `text` never uses one.
 */
export type StructuredOutput = 'auto' | 'json-schema' | 'text';

export interface OpenAiCompatibleSettings {
  /** The address without `/chat/completions`. */
  readonly baseUrl: string;
  /** The key; null for a local model server that needs none. */
  readonly apiKey: string | null;
  readonly model: string;
  readonly structuredOutput: StructuredOutput;
  /** The length of the past turns that a request repeats at most, in estimated tokens; 0 for none. */
  readonly historyMaxTokens: number;
  readonly clock: Clock;
}

/** Bounds on requests to an endpoint and on its answers. */
export const bounds = {
  /**
   * A chunk wraps a few characters in some 300 bytes. This leaves room for the longest answer in the smallest chunks.
   */
  streamBytes: 32 * 1024 * 1024,
  eventChars: 1024 * 1024,
  /** The orchestrator receives an answer as text, as structure and in pieces, and its limits hold for all of them. */
  answerChars: 200_000,
  errorBodyBytes: 16 * 1024,
  /**
   * Maximum time to read the rest of a response after the answer's end, so that the connection can be used again, in
   * ms.
   */
  lingerMs: 1_000,
  /** Maximum time to wait for the usage, which follows the answer's end at once from endpoints that tell it, in ms. */
  usageMs: 500,
  historyTurns: 20,
  /** Azure OpenAI accepts 100 properties, 5 levels of objects and 15,000 characters of names and choices. */
  schemaProperties: 100,
  schemaLevels: 5,
  schemaChars: 15_000,
} as const;
