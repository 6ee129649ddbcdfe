import type { Json } from '../../../workflows/definition/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import type { CardAction } from '../../domain/card-rules.ts';
import { ownText } from './card-node.ts';
import type { CardNode } from './card-node.ts';

/** An input that a card declares. */
export interface CardInput {
  readonly node: CardNode;
  /** True where a renderer may show something else in its place, and submit nothing for it. */
  readonly isReplaceable: boolean;
}

/** Several may share an id, where one stands in for another. */
export type InputsById = ReadonlyMap<string, readonly CardInput[]>;

/** An action that submits, with the inputs that renderers gather for it. */
export interface SubmitAction {
  readonly type: CardAction['type'];
  readonly node: CardNode;
  readonly inputs: InputsById;
}

/** The parts of one card, without those of the cards that open within it. */
interface Face {
  readonly inputs: Map<string, CardInput[]>;
  readonly actions: { readonly type: CardAction['type']; readonly node: CardNode }[];
  readonly opens: Json[];
}

const noInputs: InputsById = new Map();

/**
 * Returns the actions of a card that submit, in their order on the card. An action gathers the inputs of its card,
 * wherever on it they stand, and of the cards around that, but none of the cards that open within it: so does
 * Microsoft's renderer (`internalGetReferencedInputs` in adaptivecards 3.0.6).
 * @param card as `toBoundedJson` leaves it: its depth bounds the recursion
 */
export function submitActions(card: Json): readonly SubmitAction[] {
  return actionsOf(card, noInputs);
}

function actionsOf(card: Json, around: InputsById): SubmitAction[] {
  const face: Face = { inputs: new Map(), actions: [], opens: [] };
  look(card, false, face);
  const inputs = face.inputs.size === 0 ? around : merged(around, face.inputs);
  return [
    ...face.actions.map((action) => ({ ...action, inputs: gathersInputs(action.node) ? inputs : noInputs })),
    ...face.opens.flatMap((inner) => actionsOf(inner, inputs)),
  ];
}

function merged(around: InputsById, within: InputsById): InputsById {
  const both = new Map(around);
  for (const [id, declared] of within) both.set(id, [...(around.get(id) ?? []), ...declared]);
  return both;
}

function look(value: Json, isReplaceable: boolean, face: Face): void {
  if (Array.isArray(value)) {
    for (const item of value) look(item, isReplaceable, face);
    return;
  }
  if (!isJsonObject(value)) return;
  const type = ownText(value, 'type') ?? '';
  const id = ownText(value, 'id');
  const replaceable = isReplaceable || Object.hasOwn(value, 'fallback') || Object.hasOwn(value, 'requires');
  if (type === 'Action.Submit' || type === 'Action.Execute') face.actions.push({ type, node: value });
  if (type.startsWith('Input.') && id !== null) {
    const sameId = face.inputs.get(id) ?? [];
    sameId.push({ node: value, isReplaceable: replaceable });
    face.inputs.set(id, sameId);
  }
  for (const [key, child] of Object.entries(value)) {
    if (type === 'Action.ShowCard' && key === 'card') face.opens.push(child);
    else if (!(type.startsWith('Action.') && key === 'data')) look(child, replaceable, face);
  }
}

function gathersInputs(action: CardNode): boolean {
  return ownText(action, 'associatedInputs')?.toLowerCase() !== 'none';
}
