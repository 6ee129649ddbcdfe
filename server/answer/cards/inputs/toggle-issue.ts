import type { Json } from '../../../../workflows/definition/json.ts';
import { ownProperty } from '../../../domain/json.ts';
import { ownFlag } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';
import { textOf } from './text-of.ts';

export function toggleIssue(input: CardNode, value: Json): string | null {
  const given = textOf(value);
  const on = spellings(input, 'valueOn', 'true');
  if (given !== null && on.includes(given)) return null;
  const off = spellings(input, 'valueOff', 'false');
  if (given === null || !off.includes(given)) return "must be one of the switch's two values";
  return ownFlag(input, 'isRequired') ? 'must be switched on' : null;
}

/** Where the card gives no text, some renderers take what it gives as one, some what is usual. */
function spellings(input: CardNode, key: string, usual: string): string[] {
  const declared = ownProperty(input, key);
  if (typeof declared === 'string' && declared !== '') return [declared];
  return [usual, ...(declared === undefined ? [] : [textOf(declared) ?? usual])];
}
