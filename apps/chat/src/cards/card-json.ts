import type { Json } from '@turnkeeper/client';
import { withoutTurningMarks } from '../parts/turning-marks.ts';

export type JsonNode = Readonly<Record<string, Json>>;

export function isNode(value: Json | undefined): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Yields every object of a card, except inside `data`, which belongs to its actions. */
function* nodesOf(value: Json | undefined): Generator<JsonNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (isNode(value)) {
    yield value;
    for (const [key, child] of Object.entries(value)) {
      if (key !== 'data') yield* nodesOf(child);
    }
  }
}

/** Parts of a card that programs read, and no person. */
const silentKeys: ReadonlySet<string> = new Set(['data', 'id', 'value', 'verb', 'url']);

/** Returns the card without invisible marks that turn its texts round. */
export function withoutTurningMarksIn(card: Json): Json {
  if (typeof card === 'string') return withoutTurningMarks(card);
  if (Array.isArray(card)) return card.map(withoutTurningMarksIn);
  if (!isNode(card)) return card;
  return Object.fromEntries(
    Object.entries(card).map(([key, value]) => [
      key,
      silentKeys.has(key) ? value : withoutTurningMarksIn(value),
    ]),
  );
}

/** Returns the card with the submitted values in its inputs, so that it shows what was sent. */
export function withSubmittedValues(card: Json, data: Json | undefined): Json {
  if (!isNode(data)) return card;
  const fill = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(fill);
    if (!isNode(value)) return value;
    const { type, id } = value;
    const filled = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fill(child)]));
    const isInput = typeof type === 'string' && type.startsWith('Input.') && typeof id === 'string';
    const entered = isInput && Object.hasOwn(data, id) ? data[id] : undefined;
    if (entered === undefined) return filled;
    // The renderer submits every value as text, but `Input.Number` declares a number.
    return { ...filled, value: type === 'Input.Number' ? Number(entered) : entered };
  };
  return fill(card);
}

export interface SubmittedValue {
  readonly label: string;
  readonly value: string;
}

/** Returns the submitted values with the labels of their inputs. The data of the action itself is left out. */
export function submittedValues(card: Json | undefined, data: Json | undefined): readonly SubmittedValue[] {
  if (!isNode(data)) return [];
  return [...nodesOf(card)].flatMap((node): SubmittedValue[] => {
    const { type, id } = node;
    if (typeof type !== 'string' || !type.startsWith('Input.') || typeof id !== 'string') return [];
    const value = Object.hasOwn(data, id) ? data[id] : undefined;
    if (value === undefined || value === null || value === '') return [];
    return [{ label: textOf(node, 'label') ?? textOf(node, 'title') ?? id, value: titleOf(node, value) }];
  });
}

function textOf(node: JsonNode, key: string): string | null {
  const value = node[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns the title of a choice, yes or no for a toggle, and other values as they are. */
function titleOf(input: JsonNode, value: Json): string {
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  if (input['type'] === 'Input.Toggle') return said === (textOf(input, 'valueOn') ?? 'true') ? 'Yes' : 'No';
  const { choices } = input;
  if (!Array.isArray(choices)) return said;
  const titles = new Map(
    choices.filter(isNode).map((choice) => [textOf(choice, 'value'), textOf(choice, 'title')] as const),
  );
  const parts = input['isMultiSelect'] === true ? said.split(',') : [said];
  return parts.map((part) => titles.get(part) ?? part).join(', ');
}
