import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { CardAction } from './card-action.ts';
import type { Position } from './position.ts';
import type { Workflow } from './workflow.ts';

/** What a turn brings in. */
export type TurnInput =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'cardAction';
      readonly cardId: string;
      readonly data: Readonly<Record<string, Json>>;
      /** Which of the card's actions was taken, where the data doesn't tell: its verb, or its id. */
      readonly action?: string | undefined;
    }
  /** Lets the agent speak first. */
  | { readonly type: 'open' };

/** The same as an agent is given it: a card's data with the action of the card that it was submitted by. */
export type AgentInput =
  | Exclude<TurnInput, { readonly type: 'cardAction' }>
  | {
      readonly type: 'cardAction';
      readonly cardId: string;
      readonly data: Readonly<Record<string, Json>>;
      readonly action: CardAction;
    };

/** What an agent may know of the conversation, for one that reads more than text. */
export interface Briefing {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /** Whether the agent's last answer asked for a confirmation. */
  readonly awaitsConfirmation: boolean;
  readonly turnNumber: number;
}
