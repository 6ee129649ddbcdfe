import type {
  AgentAction,
  Confidence,
  ExtractedPayload,
  PayloadSource,
  TurnMetadata,
} from '../../contract/results.ts';
import type { Json } from '../../workflows/definition/json.ts';
import { limits } from './limits.ts';

/** The trust in a structure, by the place where it was found. */
export const confidenceOf: Readonly<Record<PayloadSource, Confidence>> = {
  value: 'high',
  channelData: 'high',
  entities: 'medium',
  card: 'medium',
  text: 'low',
};

/** Only one that is completed may complete the workflow. */
export type AgentEnd = 'completed' | 'broken-off';

/** The structure of an agent's answer, once read. */
export interface ParsedTurn {
  readonly parse: TurnMetadata['parse'];
  readonly parseIssues: readonly string[];
  readonly payload: ExtractedPayload | null;
  /** By field name. A map, so that no name from outside becomes a key of an object of ours. */
  readonly data: ReadonlyMap<string, Json>;
  readonly action: AgentAction | null;
  readonly step: string | null;
  /** The group of which the agent asked whether there is another item. */
  readonly more: string | null;
  readonly prompt: string | null;
  readonly citations: readonly string[];
  /** The agent's end of its own conversation, if it ended it: the next turn needs a fresh one. */
  readonly agentEnd: AgentEnd | null;
}

/** A turn whose agent was not asked. */
export const nothingSaid: ParsedTurn = {
  parse: 'none',
  parseIssues: [],
  payload: null,
  data: new Map(),
  action: null,
  step: null,
  more: null,
  prompt: null,
  citations: [],
  agentEnd: null,
};

/** The first issues, as many as a turn reports. */
export function boundIssues(issues: readonly string[]): string[] {
  return issues.slice(0, limits.parseIssues);
}
