import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { Position } from './position.ts';
import type { Workflow } from './workflow.ts';

/** What a turn brings in. */
export type TurnInput =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'cardAction'; readonly cardId: string; readonly data: Readonly<Record<string, Json>> }
  /** Lets the agent speak first. */
  | { readonly type: 'open' };

/** What an agent may know of the conversation, for one that reads more than text. */
export interface Briefing {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /** Whether the agent's last answer asked for a confirmation. */
  readonly awaitsConfirmation: boolean;
  readonly turnNumber: number;
}
