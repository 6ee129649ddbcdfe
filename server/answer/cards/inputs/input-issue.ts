import type { Json } from '../../../../workflows/definition/json.ts';
import { limits } from '../../../domain/limits.ts';
import { ownProperty } from '../../../domain/json.ts';
import { ownFlag, ownNumber, ownText } from '../card-node.ts';
import type { CardInput } from '../submit-actions.ts';
import { choiceIssue } from './choice-issue.ts';
import { dateIssue, timeIssue } from './date-issue.ts';
import type { Effort } from './effort.ts';
import { numberIssue } from './number-issue.ts';
import { textIssue } from './text-issue.ts';
import { toggleIssue } from './toggle-issue.ts';

/**
 * What is wrong with the value of an input, as the person who submits it is told; null when it fits. Renderers submit
 * every value as a text, and leave an empty one out (`SubmitActionBase` in adaptivecards 3.0.6).
 */
export function inputIssue(input: CardInput, value: Json | undefined, effort: Effort): string | null {
  const { node, isReplaceable } = input;
  const type = ownText(node, 'type') ?? '';
  if (value === undefined || value === '') {
    // A switch may be on for the empty text.
    const isMissing = value === undefined || ownProperty(node, 'valueOn') !== value;
    const isRequired = ownFlag(node, 'isRequired') && !isReplaceable && firstInputs.has(type);
    return isMissing && isRequired ? 'is required' : null;
  }
  switch (type) {
    case 'Input.Text':
      return textIssue(node, value, effort);
    case 'Input.Number':
      return numberIssue(value, { min: ownNumber(node, 'min'), max: ownNumber(node, 'max') });
    case 'Input.Rating':
      return numberIssue(value, { min: 0, max: ownNumber(node, 'max') ?? usualStars });
    case 'Input.Date':
      return dateIssue(node, value);
    case 'Input.Time':
      return timeIssue(node, value);
    case 'Input.Toggle':
      return toggleIssue(node, value);
    case 'Input.ChoiceSet':
      return choiceIssue(node, value, effort.mostSteps);
    default:
      return isShort(value) ? null : `must be a text of at most ${limits.textChars} characters`;
  }
}

/** How many stars a rating has that doesn't say. */
const usualStars = 5;

/** A renderer leaves out inputs of a type it doesn't know, required or not; these are known since the first version. */
const firstInputs: ReadonlySet<string> = new Set([
  'Input.Text',
  'Input.Number',
  'Input.Date',
  'Input.Time',
  'Input.Toggle',
  'Input.ChoiceSet',
]);

function isShort(value: Json): boolean {
  return typeof value === 'string' ? value.length <= limits.textChars : typeof value !== 'object';
}
