import type { CollectedFields, Json } from '../../../workflows/definition/json.ts';
import type { Briefing } from '../../domain/briefing.ts';
import { nextField } from '../../domain/position.ts';
import type { Position } from '../../domain/position.ts';
import type { Field, Workflow } from '../../domain/workflow.ts';

/** The facts that a turn is answered from. */
export interface GuidedTurn {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /** The field asked last: the current step's next field, which `suggestedInput` shows too. */
  readonly asked: Field | null;
  readonly turnNumber: number;
  /** The fields that the conversation was opened with, which the person has not confirmed yet. */
  readonly prefilled: readonly Field[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function guidedTurn(briefing: Briefing, now: number): GuidedTurn {
  const { workflow, position, collected, turnNumber } = briefing;
  const prefilled = briefing.prefilled.flatMap((name) => workflow.fields.get(name) ?? []);
  return {
    workflow,
    position,
    collected,
    asked: nextField(position),
    turnNumber,
    prefilled,
    now,
  };
}

/** The fields of the steps that apply, in order. */
export function applicableFields({ applicable }: Position): Field[] {
  return applicable.flatMap((step) => [...step.fields]);
}

/** The fields of the current step that have no value yet, optional ones included. */
export function openFields({ position, collected }: GuidedTurn): Field[] {
  return position.current.fields.filter((field) => collected[field.name] === undefined);
}

/** A value that could not be taken, and what to say about it. */
export interface Refusal {
  /** The field that the value was meant for; null if that is unknown. */
  readonly field: Field | null;
  /**
   * The value, or the words for one, under the field's label, which the field refuses (`turn.rejected`); null if the
   * value had no label.
   */
  readonly tried: Json | null;
  readonly why: string;
  readonly suggestions: readonly string[];
}

/** The meaning of a turn's input. */
export type Understanding =
  | {
      readonly kind:
        | 'help'
        | 'question'
        | 'status'
        | 'back'
        | 'undo'
        | 'restart'
        | 'skip'
        | 'stop'
        | 'confirmed'
        | 'declined'
        | 'greeted'
        /** Fields were set directly, without words. */
        | 'entered';
    }
  /** A change was taken back: the fields that differ now, `null` for one that is gone. */
  | { readonly kind: 'undone'; readonly changed: Readonly<Record<string, Json>> }
  /** Fields to set, and values that could not be taken. */
  | {
      readonly kind: 'values';
      readonly values: ReadonlyMap<string, Json>;
      readonly refusals: readonly Refusal[];
    }
  | { readonly kind: 'clear'; readonly field: Field }
  /** A field to change, without its new value. */
  | { readonly kind: 'reopen'; readonly field: Field }
  | { readonly kind: 'unreadable'; readonly refusals: readonly Refusal[] };
