import type { Json } from '../../workflows/definition/json.ts';
import type { Position } from './position.ts';
import type { ConversationState } from './state.ts';
import type { Field, Workflow } from './workflow.ts';

interface SummaryField {
  readonly field: string;
  readonly label: string;
  readonly value: Json;
}

/** What a conversation came to, step by step, ready to be shown or filed. */
export interface Summary {
  readonly title: string;
  readonly turnCount: number;
  /** Why it was ended, in the caller's words. */
  readonly reason?: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly isComplete: boolean;
    readonly fields: readonly SummaryField[];
  }[];
}

export function summarize(workflow: Workflow, position: Position, state: ConversationState): Summary {
  return {
    title: workflow.title,
    turnCount: state.turnCount,
    ...(state.endReason === undefined ? {} : { reason: state.endReason }),
    steps: position.applicable.map((step) => ({
      id: step.id,
      title: step.title,
      isComplete: position.completed.has(step.id),
      fields: step.fields.flatMap((field) => {
        const value = state.collected[field.name];
        return value === undefined ? [] : [{ field: field.name, label: labelOf(field), value }];
      }),
    })),
  };
}

/** What people call a field: its schema's title, or its name with its words apart (`taxID` is "Tax ID"). */
export function labelOf(field: Field): string {
  const title = field.jsonSchema['title'];
  if (typeof title === 'string') return title;
  const label = field.name
    .split(wordBoundary)
    .filter((word) => word !== '')
    .map((word) => (/[a-z]/.test(word) ? word.toLowerCase() : word))
    .join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

// Underscores, `company|Name`, and the end of an abbreviation: `URL|Path`.
const wordBoundary = /_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
