import type { Field } from './field.ts';
import { formatValue } from './format-value.ts';

/**
 * Why a value was not accepted. What the definition's author wrote about it is said as it is; a schema's own words are
 * for developers, so what the field takes is said instead.
 */
export function explainRejection(field: Field | null, issues: readonly string[]): string {
  const isTechnical = issues.every((issue) =>
    /^(?:Invalid|Too (?:small|big)|Expected|Unrecognized|must )/i.test(issue),
  );
  const expected = field === null || !isTechnical ? null : expectation(field);
  return expected ?? issues.join(' ');
}

function expectation({
  kind,
  choices,
  isWhole,
  minimum,
  maximum,
  minLength,
  maxLength,
}: Field): string | null {
  switch (kind) {
    case 'choice':
      return `Choose one of: ${choices.join(', ')}.`;
    case 'yes-no':
      return 'Answer yes or no.';
    case 'number':
      return `Give a ${isWhole ? 'whole ' : ''}number${range('from', minimum, maximum)}.`;
    case 'date':
      return 'Give a date.';
    case 'date-time':
      return 'Give a day and a time.';
    case 'email':
      return 'Give an email address.';
    case 'web-address':
      return 'Give a web address, like https://example.com.';
    case 'phone':
      return 'Give a phone number.';
    case 'text':
      return minLength === null && maxLength === null
        ? null
        : `Give a text${range('of', minLength, maxLength)} characters.`;
    case 'other':
      return null;
  }
}

function range(word: 'from' | 'of', least: number | null, most: number | null): string {
  const from = least === null ? null : formatValue(least, 'number');
  const to = most === null ? null : formatValue(most, 'number');
  if (from !== null && to !== null) return ` ${word} ${from} to ${to}`;
  if (from !== null) return ` of at least ${from}`;
  return to === null ? '' : ` of at most ${to}`;
}
