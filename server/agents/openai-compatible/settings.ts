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
