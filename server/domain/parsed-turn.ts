import type { Json } from '../../workflows/definition/json.ts';

export const agentActions = ['ask', 'research', 'confirm', 'complete', 'error'] as const;
export type AgentAction = (typeof agentActions)[number];

/** Where in the agent's answer its structure was found, and how far that place is to be trusted. */
export type PayloadSource = 'value' | 'channelData' | 'entities' | 'card' | 'text';
export type Confidence = 'high' | 'medium' | 'low';

export const confidenceOf: Readonly<Record<PayloadSource, Confidence>> = {
  value: 'high',
  channelData: 'high',
  entities: 'medium',
  card: 'medium',
  text: 'low',
};

/**
 * The structure that was found in the agent's answer.
 *
 * @example
 * ```ts
 * const isSure = (payload: ExtractedPayload | null): boolean => payload?.confidence === 'high';
 * ```
 */
export interface ExtractedPayload {
  readonly source: PayloadSource;
  readonly confidence: Confidence;
  /** The fields as the agent sent them, before any check; only for showing. */
  readonly data: Readonly<Record<string, Json>>;
}

/** Only one that is completed may complete the workflow. */
export type AgentEnd = 'completed' | 'broken-off';

/** What an agent's answer says, once read. */
export interface ParsedTurn {
  readonly parse: 'structured' | 'passthrough' | 'invalid';
  readonly parseIssues: readonly string[];
  readonly payload: ExtractedPayload | null;
  /** By field name. A map, so that no name from outside becomes a key of an object of ours. */
  readonly data: ReadonlyMap<string, Json>;
  readonly action: AgentAction | null;
  readonly step: string | null;
  readonly prompt: string | null;
  readonly citations: readonly string[];
  /** How the agent ended its own conversation, if it did: what comes next needs a fresh one. */
  readonly agentEnd: AgentEnd | null;
}
