import type { PageField } from './field.ts';
import { formatValue } from './format-value.ts';

/**
 * Returns why a value was not accepted. A message written by the definition's author is kept. The schema library's own
 * messages are for developers, so the field's expected value is described instead.
 */
export function explainRejection(field: PageField | null, issues: readonly string[]): string {
  const isTechnical = issues.every((issue) =>
    /^(?:Invalid|Too (?:small|big)|Expected|Unrecognized|must )/i.test(issue),
  );
  const expected = field === null || !isTechnical ? null : expectedValueOf(field);
  return expected ?? issues.join(' ');
}

function expectedValueOf({
  kind,
  choices,
  isWhole,
  minimum,
  maximum,
  minLength,
  maxLength,
}: PageField): string | null {
  switch (kind) {
    case 'choice':
      return `Choose one of: ${choices.map(({ title }) => title).join(', ')}.`;
    case 'choices':
      return `Choose among: ${choices.map(({ title }) => title).join(', ')}.`;
    case 'yes-no':
      return 'Answer yes or no.';
    case 'number':
      return `Enter a ${isWhole ? 'whole ' : ''}number${range('from', minimum, maximum)}.`;
    case 'date':
      return 'Enter a date.';
    case 'date-time':
      return 'Enter a date and a time.';
    case 'time':
      return 'Enter a time.';
    case 'email':
      return 'Enter an email address.';
    case 'web-address':
      return 'Enter a web address, like https://example.com.';
    case 'phone':
      return 'Enter a phone number.';
    case 'text':
    case 'long-text':
      return minLength === null && maxLength === null
        ? null
        : `Enter text${range('of', minLength, maxLength)} characters.`;
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
