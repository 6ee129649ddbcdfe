import type { Clock } from '../../orchestrator/ports/clock.ts';

/**
 * How the endpoint is asked for structure: `auto` asks for it by schema and goes on with JSON in the text where that is
 * refused; `json-schema` insists; `text` never asks for it by schema.
 */
export type StructuredOutput = 'auto' | 'json-schema' | 'text';

export interface OpenAiCompatibleSettings {
  /** The part of the address before `/chat/completions`. */
  readonly baseUrl: string;
  /** Null for a local model server that wants none. */
  readonly apiKey: string | null;
  readonly model: string;
  readonly structuredOutput: StructuredOutput;
  /** How much of the past a request may retell, in estimated tokens; 0 for nothing. */
  readonly historyMaxTokens: number;
  readonly clock: Clock;
}

/** What an endpoint may send, and what it is sent. */
export const bounds = {
  /** A chunk wraps a few characters in some 300 bytes: this leaves room for the longest answer in the smallest chunks. */
  streamBytes: 32 * 1024 * 1024,
  eventChars: 1024 * 1024,
  /** An answer reaches the orchestrator as text, as structure and in pieces, within its limits for all of them. */
  answerChars: 200_000,
  errorBodyBytes: 16 * 1024,
  /** How long what follows the end of an answer is read for the connection's sake, in milliseconds. */
  lingerMs: 1_000,
  historyTurns: 20,
  /** Azure OpenAI takes 100 properties, 5 levels of objects and 15,000 characters of names and choices. */
  schemaProperties: 100,
  schemaLevels: 5,
  schemaChars: 15_000,
} as const;
