import type { FieldFacts } from '../field-facts.ts';
import type { Span } from './reading.ts';

const untilBefore = /\b(?:un)?til{1,2}\s+(?:the\s+)?$|\b(?:up to|through|thru)\s+(?:the\s+)?$/i;
const sinceBefore = /\b(?:from|since|as of|(?:starting|beginning)(?: on| from)?)\s+(?:the\s+)?$/i;
const ofStart = /\b(?:first|start(?:s|ed|ing)?|beg[iau]n(?:s|ning)?|from|since|opens?|opening)\b/i;
const ofEnd =
  /\b(?:last|end(?:s|ed|ing)?|finish(?:es|ed)?|until|till|return(?:s|ing)?|due|deadline|expir(?:y|es?)|clos(?:es|ing))\b/i;

type Asked = Pick<FieldFacts, 'label' | 'description'>;

/** Whether a date is asked for that ends a period. */
export function asksForEnd({ label, description }: Asked): boolean {
  const asked = `${label} ${description ?? ''}`;
  return ofEnd.test(asked) && !ofStart.test(asked);
}

function asksForStart({ label, description }: Asked): boolean {
  const asked = `${label} ${description ?? ''}`;
  return ofStart.test(asked) && !ofEnd.test(asked);
}

/**
 * The end of a period that a text gives a date as, where the field asks for the other one: "until Friday" for a first
 * day. `null` where nothing speaks against the date.
 */
export function otherEndSaid(text: string, { start }: Span, asked: Asked): 'beginning' | 'end' | null {
  const before = text.slice(Math.max(0, start - 30), start);
  if (asksForStart(asked) && untilBefore.test(before)) return 'end';
  return asksForEnd(asked) && sinceBefore.test(before) ? 'beginning' : null;
}
