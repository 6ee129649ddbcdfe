import type { Json } from '../../../../workflows/definition/json.ts';
import { patternStepsWithin } from '../../../../workflows/definition/pattern-steps.ts';
import { ownProperty } from '../../../domain/json.ts';
import { ownNumber, ownText } from '../card-node.ts';
import type { CardNode } from '../card-node.ts';
import type { Effort } from './effort.ts';

/** @param effort what trying the input's regular expression may take; one that may take more is not tried */
export function textIssue(input: CardNode, value: Json, effort: Effort): string | null {
  if (typeof value !== 'string') return 'must be a text';
  const maxLength = ownNumber(input, 'maxLength') ?? 0;
  // A browser bounds what is typed, not what the card itself put in.
  if (maxLength > 0 && value.length > maxLength && value !== ownProperty(input, 'value')) {
    return `must be at most ${maxLength} characters`;
  }
  const regex = ownText(input, 'regex');
  return regex === null || fits(value, regex, effort) ? null : 'must have the form that the card asks for';
}

/**
 * `vetCard` leaves only harmless expressions on a card, but an older server may have stored this one. What can't be tried
 * safely passes: the agent gets what it asked for, and checks it again.
 */
function fits(value: string, regex: string, { mostSteps, judging }: Effort): boolean {
  const steps = patternStepsWithin(value.length, regex, '', judging);
  if (steps === null || steps > mostSteps) return true;
  return new RegExp(regex).test(value);
}
