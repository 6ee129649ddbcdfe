import type { FieldFacts } from '../field/field-facts.ts';
import { straightQuotes } from '../field/plain-words.ts';
import { isNonAnswer, isWrittenAsTitle } from './non-answers.ts';

// The value follows such a phrase. In lower case the phrase is never part of a value.
const namings =
  /^(?:(?:the|our|my|their|its|this|that) [\p{L}' -]{1,60}?|we|they|it|he|she|i)(?: is|'s| are|'re|'m| am)(?: currently| officially| actually)? (?:called|named|known as) /iu;
const myNames =
  /^(?:my|the|our|their|his|her)(?: (?:full|first|last|own|legal))? names? (?:is|are|would be|will be) |^(?:i'm|i am|this is|(?:you can |please |just |people |everyone |they |we )?calls? (?:me|him|her) |name is|name's) ?/iu;
const aboutNames = /\b(?:name|who|person|colleague|contact|reporter)\b/i;
const aboutThings =
  /\b(?:company|legal|business|firm|organi[sz]ation|product|project|file|team|brand|event|service)\b/i;
const ofThings = /\b(?:company|business|firm|organi[sz]ation|product|project|team|brand)\b/i;
const bareLeads =
  /^(?:it's|it is|that's|that is|that would be|it would be|it'll be|they're|i think it's|i'd say|let's say|please (?:use|put|write|note)|write|put) /i;
const longestBareAnswer = 5;
/** Maximum length of a name with an introduction; the bound limits the time to look for one. */
const longestIntroduction = 200;

const greetings =
  /^(?:(?:hi|hello|hey|hiya)(?: there)?|good (?:morning|afternoon|evening|day)|thanks|thank you|yes|yeah|yep|sure|ok|okay|well|sorry|oh)(?:\s*[,.!:;–—-]+\s*|\s+(?=(?:my name|i am|i'm|this is|it's|it is|call me|you can)\b))/i;
const remarks =
  /(?:[,.!;]?\s+(?:here|speaking|please)|[,.!;]+\s*(?:nice|pleased|good|glad) to meet you|[,.!;]+\s*(?:thanks|thank you|cheers|please)(?: (?:a lot|very much))?)[.!]*$/i;

export interface ReadWords {
  readonly value: string;
  /** True if the value was in quotes, which mean that it is meant as it stands. */
  readonly isQuoted: boolean;
}

/** Returns the words that an answer gives as the value, without "my name is …" and the like; unchanged if in doubt. */
export function readWords(text: string, facts: FieldFacts): ReadWords {
  const said = text.trim();
  if (facts.kind === 'prose') return { value: said, isQuoted: false };
  const value = isPersonsName(facts)
    ? withoutRemarks(said)
    : withoutCourtesy(withoutGreeting(said, facts), facts);
  const lead = leadIn(straightQuotes(value), facts);
  if (lead === 0) return unquote(value);
  return unquote(withoutStop(value.slice(lead).trim()));
}

/** True if a field asks for the name of a person. People greet and introduce themselves beside their name. */
function isPersonsName({ kind, label, description }: FieldFacts): boolean {
  const asked = `${label} ${description ?? ''}`;
  return kind === 'words' && aboutNames.test(asked) && !aboutThings.test(withoutContext(asked));
}

/** Removes the place from a description: "the name of your contact person at the company" still asks for a person. */
function withoutContext(asked: string): string {
  return asked.replace(/\b(?:at|of|for|in|from) (?:the|your|our|this) \w+/gi, '');
}

/** Removes the remarks to the agent: "Hi, I am Anna Berg. Nice to meet you." */
function withoutRemarks(said: string): string {
  if (said.length > longestIntroduction) return said;
  let value = said.replace(/(?<=[^!])!+$|(?<=\p{L}{3})\.$/u, '');
  for (let round = 0; round < 3; round += 1) {
    const greeting = greetings.exec(straightQuotes(value))?.[0].length ?? 0;
    const rest = value.slice(greeting).replace(remarks, '').trim();
    if (rest === '' || rest === value) break;
    value = rest;
  }
  return value;
}

/** Removes courtesy in lower case: "yes, Acme Ltd please". */
function withoutCourtesy(said: string, facts: FieldFacts): string {
  if (!asksForAnyName(facts) || said.length > longestIntroduction) return said;
  return said
    .replace(/^(?:yes|yeah|ok|okay|sure|well),\s+(?=[\p{Lu}\p{N}])/u, '')
    .replace(/(?<=\S),?\s+(?:please|thanks|thank you)[.!]*$/, '');
}

/** Removes a greeting, but only before an introduction: a company may be called "Hello, Inc." */
function withoutGreeting(said: string, facts: FieldFacts): string {
  const greeting = greetings.exec(straightQuotes(said))?.[0].length ?? 0;
  if (greeting === 0) return said;
  const rest = said.slice(greeting);
  const isIntroduced = leadIn(straightQuotes(rest), facts) > 0;
  return isIntroduced ? rest : said;
}

/** The length of the introduction before the value, in characters. */
function leadIn(said: string, facts: FieldFacts): number {
  const labelled = ownLabel(said, facts);
  if (labelled > 0) return labelled;
  if (isSaidOfAnything(said, facts)) return 0;
  const strong = namings.exec(said) ?? ownNaming(said, facts);
  if (strong !== null)
    return isWrittenAsName(strong[0]) || strong[0].length >= said.length ? 0 : strong[0].length;
  const bare = bareLeads.exec(said);
  if (bare === null) return 0;
  const rest = said.slice(bare[0].length).trim();
  const isShort = rest.split(/\s+/).length <= longestBareAnswer;
  return isShort && (isPersonsName(facts) || /^[\p{Lu}\p{N}"'+]/u.test(rest)) && !isWrittenAsName(bare[0])
    ? bare[0].length
    : 0;
}

const openLead = /^(?:i'm|i am|this is|it's|it is|that's|that is) /i;

/** True for "This is stupid" or "I'm busy": after such words, a text in lower case is a remark as often as a name. */
function isSaidOfAnything(said: string, facts: FieldFacts): boolean {
  const rest = said.replace(openLead, '');
  return rest !== said && asksForName(facts) && /\p{Ll}/u.test(rest) && !/\p{Lu}/u.test(rest);
}

function ownNaming(said: string, facts: FieldFacts): RegExpExecArray | null {
  return asksForName(facts) ? myNames.exec(said) : null;
}

/**
 * The length of the field's label before its value: "covered by Ann" for the field Covered by. A label of one word may
 * be part of the value: "service desk".
 */
function ownLabel(said: string, { label }: FieldFacts): number {
  const lead = `${label.toLowerCase()} `;
  if (!label.includes(' ') || !said.toLowerCase().startsWith(lead)) return 0;
  return said.slice(lead.length).toLowerCase().startsWith('is ') ? lead.length + 'is '.length : lead.length;
}

/** True for a title like "My Name Is Earl"; "My name is Earl" is an introduction. */
function isWrittenAsName(lead: string): boolean {
  const words = lead.trim().split(/\s+/).slice(1);
  return words.length > 0 && words.every((word) => /^\p{Lu}/u.test(word));
}

/** Removes the full stop of the sentence around the value, but not that of "Acme Inc." */
export function withoutStop(value: string): string {
  // Only the end is looked at: on a long word, the search from each of its letters would grow with its square.
  return /[\p{L}\p{N}]{5}\.$/u.test(value.slice(-11)) ? value.slice(0, -1) : value;
}

function unquote(value: string): ReadWords {
  const isQuoted = /^(?:"[^"]+"|“[^”]+”|'[^']+'|‘[^’]+’)\.?$/.test(value);
  return { value: isQuoted ? value.replace(/\.$/, '').slice(1, -1).trim() : value, isQuoted };
}

const correcting =
  /^(?:(?:no|nope|sorry|oops|wait|actually|correction|rather)\s*[,.!:;–—-]+\s*\S|(?:actually|sorry|oops|wait|correction) (?:no|it|it's|we|i|i'm|the|that|that's|make|\d)\b|i meant? |make (?:it|that) )/i;
const correctingName =
  /^(?:sorry|oops|wait|wrong|change|not|rather|instead|no)\b|[,;]?\s(?:and )?not (?:the |an? )?\S+(?: \S+){0,3}[.!]*$|\s(?:instead|rather than)\b/i;
const hedging =
  /^(?:maybe|perhaps|probably|either|any(?:one|body|thing) (?:but|except)|never|neither|if|unless|without)\b|\bor (?:maybe|perhaps)\b/i;

/** True if a short text sounds like a correction of something said before: "make it 8 people instead". */
export function soundsLikeCorrection(text: string, facts: FieldFacts): boolean {
  const said = straightQuotes(text.trim());
  if (said.length > longestIntroduction || isWrittenAsTitle(said)) return false;
  return correcting.test(said) || (asksForName(facts) && correctingName.test(said));
}

/**
 * Words in lower case that are part of names: "Ludwig van Beethoven". Any other one beside a name in capitals is a
 * remark about it.
 */
const particles = new Set(
  'von van der den de del della di da do dos das du la le les el al bin binti ibn abu y e i zu zum zur ter ten te op af av and und et st mac ap jr sr o'.split(
    ' ',
  ),
);
/** Words that are part of no name, if the whole text is in lower case. */
const sayings = new Set(
  (
    'not no nor never none or but if unless either neither except without at least most more less than over under about around ' +
    'almost nearly maybe perhaps probably between before after until till from to up with is are was were be been am will would can could ' +
    'should may might must do does did have has had the a an my our your his her their its this that these those it we you they he she ' +
    'what who why how where when which of for on in by as so too only just also still yet again other another else both each every ' +
    "any some all first last next i'm it's that's isn't can't don't won't doesn't didn't wouldn't like used instead rather later earlier now then"
  ).split(' '),
);
const mostNames = 7;

/** Words of remarks about a name of any kind; with a capital they may be part of the name. */
const aboutAnyName = new Set(
  (
    'or not nor never none but if unless either neither except without maybe perhaps probably possibly formerly previously until till instead ' +
    'rather than is was were are be been am will would can could should might i we they he she you your who what why which whose me my our ' +
    'please thanks sorry yes no ok okay actually think guess mean believe suppose something anything someone anyone everything whatever soon ' +
    'later yet still also too wait oops hmm um used called forgot know again instead now'
  ).split(' '),
);
/** Signs of data, of questions and of faces, which are part of no name. */
const noNameSigns = /[{}[\]<>=|\\^~]|:|\?|…|\.{3}|^[^\p{L}]+$|\S@\S/u;
const aboutMe = /\bI(?:'\w+)? \p{Ll}/u;

/** True if a name of any kind holds words or signs that are a remark about it. */
function isSaidAbout(value: string): boolean {
  if (value.length > longestIntroduction) return false;
  const said = straightQuotes(value);
  if (
    noNameSigns.test(said) ||
    aboutMe.test(said) ||
    /^(?:yes|no|ok|okay|sorry|well|oops|please),/i.test(said)
  )
    return true;
  return said.split(/[\s,;.()"!-]+/).some((word) => aboutAnyName.has(word) || /^\p{Ll}+n't$/u.test(word));
}

const either = /^(?:either\s+)?(\S.*?)(?:\s+or\s+|\s+\/\s+)(\S.*)$/;

/** Returns the two names of "Acme or Bcme"; empty if there is only one. */
export function alternativesIn(value: string, facts: FieldFacts): readonly string[] {
  const match =
    asksForAnyName(facts) && value.length <= longestIntroduction ? either.exec(value.trim()) : null;
  const [, first = '', second = ''] = match ?? [];
  const areNames = [first, second].every((name) => name !== '' && !isSaidAbout(name) && !isNonAnswer(name));
  return areNames ? [first, second] : [];
}

function asksForAnyName(facts: FieldFacts): boolean {
  return asksForName(facts) || ofThings.test(facts.label);
}

/** True if a value for a person's name is a number or an address, or holds a remark about a name. */
export function isNoName(value: string, facts: FieldFacts): boolean {
  if (!isPersonsName(facts))
    return (
      asksForAnyName(facts) &&
      (isSaidAbout(value) || (!isWrittenAsTitle(value) && hedging.test(value.trim())))
    );
  if (value.length > longestIntroduction) return false;
  if (
    isSaidAbout(value) ||
    /^\W*(?:the )?\d|[@<>~+=*/\\|_#%^]|^(?:hi|hello|hey|thanks|yes|yeah|no|ok|okay|dear) /i.test(value)
  )
    return true;
  if (/^\S+\.[a-z]{2,}$/i.test(value)) return true;
  const words = value.split(/[\s,;.()"-]+/).filter((word) => word !== '');
  const plain = words.filter((word) => /^[\p{Ll}'’]+$/u.test(word));
  const isInCapitals = words.some((word) => /^\p{Lu}/u.test(word));
  const isAboutIt = isInCapitals
    ? plain.some((word) => !particles.has(word))
    : plain.some((word) => sayings.has(straightQuotes(word)));
  return isAboutIt || words.length > mostNames;
}

function asksForName({ label, description }: FieldFacts): boolean {
  return aboutNames.test(`${label} ${description ?? ''}`);
}
