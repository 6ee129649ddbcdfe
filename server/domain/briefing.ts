import type { Choice } from '../../contract/workflow-state.ts';
import type { TurnInput } from '../../contract/inputs.ts';
import type { CollectedFields, Json } from '../../workflows/definition/json.ts';
import type { CardAction } from './card-rules.ts';
import type { Position } from './position.ts';
import type { Field, Workflow } from './workflow.ts';

/**
 * A turn's input as an agent gets it: a card's data with the action of the card that submitted it, and what the server has
 * done already.
 */
export type AgentInput =
  | Extract<TurnInput, { readonly type: 'text' | 'open' }>
  | {
      readonly type: 'cardAction';
      readonly cardId: string;
      readonly data: Readonly<Record<string, Json>>;
      readonly action: CardAction;
    }
  /** Fields that the person has set directly. They are collected, and the answer can't change them. */
  | {
      readonly type: 'data';
      readonly data: Readonly<Record<string, Json>>;
      /** The person's words with them; null for none. */
      readonly text: string | null;
    }
  /** The person has taken back what a turn changed. The answer can't change any field. */
  | {
      readonly type: 'undo';
      /** The number of the turn. */
      readonly undid: number;
      /** The fields that differ now, with their values; `null` for one that is gone. */
      readonly changed: Readonly<Record<string, Json>>;
    };

/** The conversation as an agent may know it, for an agent that reads more than text. */
export interface Briefing {
  readonly workflow: Workflow;
  /** Its `context` holds all facts, for conditions. An agent may tell only those in `facts`. */
  readonly position: Position;
  readonly collected: CollectedFields;
  /** The fields that the conversation was opened with, as far as nobody has changed them. */
  readonly prefilled: readonly string[];
  /** The facts that the conversation was opened with and the agent may know. */
  readonly facts: CollectedFields;
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
