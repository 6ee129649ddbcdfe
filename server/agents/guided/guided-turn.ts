import type { CollectedFields, Json } from '../../../workflows/definition/json.ts';
import type { Briefing } from '../../domain/briefing.ts';
import { missingFields } from '../../domain/position.ts';
import type { Position } from '../../domain/position.ts';
import type { Field, Workflow } from '../../domain/workflow.ts';

/** What a turn is answered from. */
export interface GuidedTurn {
  readonly workflow: Workflow;
  readonly position: Position;
  readonly collected: CollectedFields;
  /** What was asked last: the current step's first missing field, which is also what `suggestedInput` shows. */
  readonly asked: Field | null;
  readonly turnNumber: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function guidedTurn(briefing: Briefing, now: number): GuidedTurn {
  const { workflow, position, collected, turnNumber } = briefing;
  return { workflow, position, collected, asked: askedField(position, collected), turnNumber, now };
}

export function askedField(position: Position, collected: CollectedFields): Field | null {
  return missingFields(position.current, collected)[0] ?? null;
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
  /** `null` where it can't be told for which field it was meant. */
  readonly field: Field | null;
  /** The value, or the words for one, that stand under the field's label: refused by it (`turn.rejected`). */
  readonly tried: Json | null;
  readonly why: string;
  readonly suggestions: readonly string[];
}

/** What a turn's input comes to. */
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
        | 'greeted';
    }
  /** Fields to set, and those that could not be. */
  | {
      readonly kind: 'values';
      readonly values: ReadonlyMap<string, Json>;
      readonly refusals: readonly Refusal[];
    }
  | { readonly kind: 'clear'; readonly field: Field }
  /** A field is to be changed, but not to what. */
  | { readonly kind: 'reopen'; readonly field: Field }
  | { readonly kind: 'unreadable'; readonly refusals: readonly Refusal[] };
