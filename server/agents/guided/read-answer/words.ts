import type { FieldFacts } from '../field-facts.ts';
import { straightQuotes } from '../plain-words.ts';

// Each is followed by the value; none of them is ever part of one, in lower case.
const namings =
  /^(?:(?:the|our|my|their|its|this|that) [\p{L}' -]{1,60}?|we|they|it|he|she|i)(?: is|'s| are|'re|'m| am)(?: currently| officially| actually)? (?:called|named|known as) /iu;
const myNames =
  /^(?:my|the|our|their|his|her)(?: (?:full|first|last|own|legal))? names? (?:is|are|would be|will be) |^(?:i'm|i am|this is|call me|name is|name's) /iu;
const aboutNames = /\b(?:name|who|person|colleague|contact|reporter)\b/i;
const bareLeads =
  /^(?:it's|it is|that's|that is|that would be|it would be|it'll be|they're|i think it's|i'd say|let's say|please (?:use|put|write|note)|write|put) /i;
const longestBareAnswer = 5;

/** The words that an answer gives as the value, without "my name is …" and the like; as they stand if there is doubt. */
export function readWords(text: string, facts: FieldFacts): string {
  const said = text.trim();
  if (facts.kind === 'prose') return said;
  const lead = leadIn(straightQuotes(said), facts);
  if (lead === 0) return unquote(said);
  return unquote(withoutStop(said.slice(lead).trim()));
}

/** How many characters of the text lead in to the value. */
function leadIn(said: string, facts: FieldFacts): number {
  const labelled = ownLabel(said, facts);
  if (labelled > 0) return labelled;
  const strong = namings.exec(said) ?? ownNaming(said, facts);
  if (strong !== null)
    return isWrittenAsName(strong[0]) || strong[0].length >= said.length ? 0 : strong[0].length;
  const bare = bareLeads.exec(said);
  if (bare === null) return 0;
  const rest = said.slice(bare[0].length).trim();
  const isShort = rest.split(/\s+/).length <= longestBareAnswer;
  return isShort && /^[\p{Lu}\p{N}"'+]/u.test(rest) && !isWrittenAsName(bare[0]) ? bare[0].length : 0;
}

function ownNaming(said: string, facts: FieldFacts): RegExpExecArray | null {
  return aboutNames.test(`${facts.label} ${facts.description ?? ''}`) ? myNames.exec(said) : null;
}

/** "covered by Ann" for the field Covered by. A label of one word may as well begin the value: "service desk". */
function ownLabel(said: string, { label }: FieldFacts): number {
  const lead = `${label.toLowerCase()} `;
  if (!label.includes(' ') || !said.toLowerCase().startsWith(lead)) return 0;
  return said.slice(lead.length).toLowerCase().startsWith('is ') ? lead.length + 'is '.length : lead.length;
}

/** "My Name Is Earl" is a title, "My name is Earl" an introduction. */
function isWrittenAsName(lead: string): boolean {
  const words = lead.trim().split(/\s+/).slice(1);
  return words.length > 0 && words.every((word) => /^\p{Lu}/u.test(word));
}

/** Drops the full stop of the sentence that the value stood in, but not that of "Acme Inc." */
export function withoutStop(value: string): string {
  return /[\p{L}\p{N}]{5,}\.$/u.test(value) ? value.slice(0, -1) : value;
}

function unquote(value: string): string {
  const inner = /^(?:"[^"]+"|“[^”]+”|'[^']+'|‘[^’]+’)\.?$/.test(value);
  return inner ? value.replace(/\.$/, '').slice(1, -1).trim() : value;
}
