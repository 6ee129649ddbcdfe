import type { FieldFacts } from '../field-facts.ts';
import { plainWords } from '../plain-words.ts';

type Described = Pick<FieldFacts, 'label' | 'description'>;

const timeUnit = /^(second|minute|hour|day|week|fortnight|month|year|quarter)s?$/;
const estimate =
  /\b(?:roughly|about|around|approximate(?:ly)?|estimated?|expected|average|typical(?:ly)?)\b/i;
const money =
  /[€$£]|\b(?:eur|euros?|usd|dollars?|gbp|pounds?|money|price|cost|costs|budget|spend|salary|fee|amount|revenue)\b/i;

/** The units of time that a text names, in the singular. */
export function timeUnitsOf(text: string): string[] {
  return plainWords(text)
    .split(' ')
    .flatMap((word) => timeUnit.exec(word)?.[1] ?? []);
}

/** Whether a field asks for an estimate, so that "about 1,500" says all that it wants to know. */
export function estimates({ label, description }: Described): boolean {
  return estimate.test(`${label} ${description ?? ''}`);
}

/** Whether a field asks for an amount of money, where "10.000" is no ten. */
export function asksForMoney({ label, description }: Described): boolean {
  return money.test(`${label} ${description ?? ''}`);
}
