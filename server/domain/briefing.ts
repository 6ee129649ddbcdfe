import type { Choice } from '../../contract/workflow-state.ts';
import type { TurnInput } from '../../contract/inputs.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { CardAction } from './card-rules.ts';
import type { Position } from './position.ts';
import type { Field, Workflow } from './workflow.ts';

/** A turn's input as an agent gets it: a card's data with the action of the card that submitted it. */
export type AgentInput =
  | Exclude<TurnInput, { readonly type: 'cardAction' }>
  | {
      readonly type: 'cardAction';
      readonly cardId: string;
      readonly data: Readonly<Record<string, Json>>;
      readonly action: CardAction;
    };

/** The conversation as an agent may know it, for an agent that reads more than text. */
export interface Briefing {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /** True if the agent's last answer asked for a confirmation. */
  readonly awaitsConfirmation: boolean;
  readonly turnNumber: number;
  /** The titles of collected values whose choices are looked up, by field. */
  readonly choiceTitles: Readonly<Record<string, string>>;
  /**
   * Looks up the choices of a field that has a lookup; null in a workflow without any.
   * @throws TurnkeeperError CHOICES_UNAVAILABLE
   */
  readonly findChoices: ((field: Field, query: string) => Promise<readonly Choice[]>) | null;
}
