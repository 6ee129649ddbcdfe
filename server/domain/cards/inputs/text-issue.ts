import type { Json } from '../../../../workflows/definition/json.ts';
import { own } from '../../own-property.ts';
import { ownNumber, ownText } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';
import { regexSteps } from '../regex-steps.ts';

/** @param mostSteps what trying the input's regular expression may take; one that may take more is not tried */
export function textIssue(input: CardNode, value: Json, mostSteps: number): string | null {
  if (typeof value !== 'string') return 'must be a text';
  const maxLength = ownNumber(input, 'maxLength') ?? 0;
  // A browser bounds what is typed, not what the card itself put in.
  if (maxLength > 0 && value.length > maxLength && value !== own(input, 'value')) {
    return `must be at most ${maxLength} characters`;
  }
  const regex = ownText(input, 'regex');
  return regex === null || fits(value, regex, mostSteps) ? null : 'must have the form that the card asks for';
}

/** What can't be tried safely passes: the agent gets what it asked for, and checks it again. */
function fits(value: string, regex: string, mostSteps: number): boolean {
  if (!(regexSteps(regex, value.length) <= mostSteps)) return true;
  try {
    return new RegExp(regex).test(value);
  } catch {
    return true;
  }
}
