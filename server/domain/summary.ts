import type { FirstValue } from '../../contract/results.ts';
import type { Summary } from '../../contract/workflow-state.ts';
import type { Json } from '../../workflows/definition/json.ts';
import { cutTo } from './json.ts';
import { itemsOf } from './merge-group.ts';
import type { Position } from './position.ts';
import type { ConversationState } from './state.ts';
import type { Field, Group, Workflow } from './workflow.ts';

type Unsummarized = Pick<ConversationState, 'workflowId' | 'turnCount' | 'endReason'>;
type Finished = Pick<ConversationState, 'turnCount' | 'endReason' | 'collected' | 'choiceTitles' | 'outcome'>;

/** The summary of a conversation whose definition is gone. */
export function bareSummary({ workflowId, turnCount, endReason }: Unsummarized): Summary {
  return {
    title: workflowId,
    turnCount,
    ...(endReason === undefined ? {} : { reason: endReason }),
    steps: [],
  };
}

export function summarize(workflow: Workflow, position: Position, state: Finished): Summary {
  const whatHappensNext = state.outcome === 'completed' ? workflow.whatHappensNext : undefined;
  return {
    title: workflow.title,
    turnCount: state.turnCount,
    ...(state.endReason === undefined ? {} : { reason: state.endReason }),
    ...(whatHappensNext === undefined ? {} : { whatHappensNext }),
    steps: position.applicable.map((step) => ({
      id: step.id,
      title: step.title,
      isComplete: position.completed.has(step.id),
      fields: step.fields.flatMap((field) => {
        const value = state.collected[field.name];
        if (value === undefined) return [];
        const valueTitle = state.choiceTitles?.[field.name] ?? valueTitleOf(field, value);
        const shown = { field: field.name, label: labelOf(field), value };
        return [valueTitle === null ? shown : { ...shown, valueTitle }];
      }),
    })),
  };
}

/** The title of a choice, or the titles of several; null where the value says the same. */
function valueTitleOf({ control: { choices = [] }, group }: Field, value: Json): string | null {
  if (group !== null) return itemsInWords(group, value);
  const values = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
  const titles = values.map((each) => choices.find((choice) => choice.value === each)?.title ?? each);
  return titles.some((title, index) => title !== values[index]) ? titles.join(', ') : null;
}

/** The most values that name a conversation, and the most characters of each. */
const most = { values: 2, characters: 80 };

/**
 * Returns the first collected values, in the order of the definition: they tell a person which conversation this is.
 * Lists and objects do not, so they are left out.
 */
export function firstValuesOf(
  workflow: Workflow | undefined,
  { collected, summary }: Pick<ConversationState, 'collected' | 'summary'>,
): FirstValue[] {
  const first: FirstValue[] = [];
  for (const { field, label, value } of labelled(workflow, collected, summary)) {
    if (first.length === most.values) break;
    if (typeof value === 'string') first.push({ field, label, value: cutTo(value, most.characters) });
    else if (typeof value === 'number' || typeof value === 'boolean') first.push({ field, label, value });
  }
  return first;
}

function* labelled(
  workflow: Workflow | undefined,
  collected: ConversationState['collected'],
  summary: Summary | undefined,
): Generator<Summary['steps'][number]['fields'][number]> {
  // A finished conversation keeps its own labels, whatever has become of its definition.
  if (summary !== undefined) {
    for (const step of summary.steps) yield* step.fields;
    return;
  }
  for (const field of workflow?.fields.values() ?? []) {
    const value = collected[field.name];
    if (value !== undefined) yield { field: field.name, label: labelOf(field), value };
  }
}

const mostInWords = 2_000;

/** The items of a group as one text: "Taxi, 20; Lunch, 15.5". */
function itemsInWords({ fields }: Group, value: Json): string {
  const items = itemsOf(value).map(({ values }) =>
    [...fields.values()]
      .flatMap((field) => {
        const part = values.get(field.name);
        return part === undefined ? [] : [valueTitleOf(field, part) ?? textOf(part)];
      })
      .join(', '),
  );
  return cutTo(items.join('; '), mostInWords);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The label of a field: its schema's title, or its name with its words apart (`taxID` is "Tax ID"). */
export function labelOf(field: Field): string {
  return field.control.title;
}
