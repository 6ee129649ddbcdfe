import type { FieldFacts, FieldKind } from '../field/field-facts.ts';
import { plainWords } from '../field/plain-words.ts';
import { estimates, timeUnitsOf, asksForEnd, asksForStart, looksBack } from './asked-for.ts';

/** Courtesy, introductions and asides that say nothing about a value of any field. Each is a whole phrase. */
const everywhere = phrases(`
  please | pls | kindly | thanks | thank you | thanks a lot | thank you very much | many thanks | thx | cheers
  hi | hello | hey | hi there | hello there | hey there | good morning | good afternoon | good evening
  yes | yeah | yep | ok | okay | sure | right | well | so | ah | um | uh | hmm | actually | sorry | oops | and | also
  just | only | exactly | precisely | simply | of course | definitely | certainly | then | instead | i mean | i meant
  the answer is | my answer is | answer | i think | i believe | i'd say | i would say | let's say | what about | how about
  it's | it is | that's | that is | this is | it'll be | that'll be | it would be | that would be | they're | they are
  i'd like | i would like | we'd like | we would like | i'd prefer | i prefer | i want | we want | i need | we need | i have
  we have | i'll take | i'll have | i'll go with | i choose | i pick | go with | let's go with | let's make it | make it
  make that | it should be | that should be | give me | take | choose | pick | use | put | set it to | change it to
  i'm | i am | we're | we are | i'll be | we'll be | there are | there is | there will be | for me | for us
  is | are | am | be | will | would | will be | would be | the | i | we | it
  is fine | is good | is great | is perfect | would be fine | would be good | would be great | would be perfect
  would be best | is best | works | works for me | works best | sounds good | is ok | would work
`);

const byKind: Readonly<Record<FieldKind, readonly string[]>> = {
  'yes-no': [],
  choice: phrases(
    'in | by | via | through | as | at | on | for | to | with | of | me | us | one | option | choice | the one | you can | you may',
  ),
  integer: phrases('for | with | in total | altogether | total | all in all | of us | of them | pieces'),
  number: phrases('for | with | in total | altogether | total | all in all | of them | amount'),
  date: phrases('on | for | in | day | date | come | coming'),
  'date-time': phrases('on | at | for | in | date | time | utc'),
  email: phrases(
    'email | e mail | mail | address | mailto | at | write to | you can write to | send it to | reach me at | you can reach me at | email me at | contact me at',
  ),
  'web-address': phrases(
    'see | at | web | website | site | url | link | page | address | you can find it at | have a look at',
  ),
  phone: phrases(
    'phone | telephone | mobile | cell | tel | number | call | call me on | call me at | on | at | reach me on | reach me at | you can reach me on | you can reach me at | you can call me on',
  ),
  code: phrases('code | number | no'),
  list: [],
  object: [],
  words: [],
  prose: [],
};

const people = phrases('people | persons | guests | users | customers | attendees | adults | pax');
const approximately = phrases(
  'about | around | roughly | approximately | approx | circa | ca | some | ~ | ≈',
);
const currencies = phrases('euro | euros | eur | € | dollar | dollars | usd | $ | pound | pounds | gbp | £');

/**
 * Words that reverse or change the meaning of the words beside them. A word of the field's own label and description is
 * filler, but never one of these.
 */
const turning = new Set(
  (
    'no not nor never none neither nobody nothing without except but unless if or either before after until till by since from to ' +
    'than then least most more less fewer over under above below between about around roughly almost nearly maybe perhaps ' +
    'first second third fourth fifth last next previous other another half quarter double twice minus plus every each any some few ' +
    'several many too only instead outside inside yet still away off up down out'
  ).split(' '),
);

/**
 * Articles and possessives are no filler for some kinds: "a Sunday" is no particular one, and "my time" is no time in
 * UTC.
 */
const articles = phrases('a | an');
const possessives = phrases('my | our');
/** The past tense is filler only if the field asks for something in the past: "it was 5". */
const past = phrases('was | were');

/** The phrases that an answer to a field may hold besides its value. */
export interface Filler {
  readonly phrases: ReadonlySet<string>;
  /** Single words from the field's own label and description. */
  readonly words: ReadonlySet<string>;
}

export const longestPhrase = 8;

const known = new WeakMap<FieldFacts, Filler>();

/**
 * Returns the closed list of phrases that may stand beside a value of this field: courtesy, the field's own words, its
 * units.
 */
export function fillerFor(facts: FieldFacts): Filler {
  const filler = known.get(facts) ?? listFiller(facts);
  known.set(facts, filler);
  return filler;
}

function listFiller(facts: FieldFacts): Filler {
  const own = plainWords(`${facts.label} ${facts.description ?? ''}`).split(' ');
  const ofField = [
    plainWords(facts.label),
    plainWords(facts.label.replace(/\(.*?\)/g, '')),
    plainWords(facts.description ?? ''),
  ];
  return {
    phrases: new Set([
      ...everywhere,
      ...byKind[facts.kind],
      ...(facts.kind === 'date' || facts.kind === 'date-time' ? [] : articles),
      ...(facts.kind === 'date-time' ? [] : possessives),
      ...(looksBack(facts) ? past : []),
      ...ofField,
      ...directionsOf(facts),
      ...unitsOf(facts),
    ]),
    words: new Set(own.filter((word) => word.length > 1 && !turning.has(word))),
  };
}

function directionsOf(facts: FieldFacts): readonly string[] {
  if (facts.kind !== 'date' && facts.kind !== 'date-time') return [];
  return [
    ...(asksForEnd(facts) ? phrases('until | till | til | up to | through | by | to') : []),
    ...(asksForStart(facts)
      ? phrases('from | starting | starts | starting from | beginning | begins | as of | since | onwards')
      : []),
    ...(/\bb(?:orn|irth)\b/i.test(`${facts.label} ${facts.description ?? ''}`)
      ? phrases('born | i was born')
      : []),
    // The time of a past event is seldom known to the minute.
    ...(looksBack(facts) && facts.kind === 'date-time'
      ? [...phrases('since | started | it started | began | happened | noticed'), ...approximately]
      : []),
  ];
}

function unitsOf(facts: FieldFacts): readonly string[] {
  if (facts.kind !== 'integer' && facts.kind !== 'number') return [];
  const said = plainWords(`${facts.label} ${facts.description ?? ''}`);
  const counted = said.split(' ');
  return [
    ...(counted.some((word) => people.includes(word)) ? people : []),
    ...(estimates(facts) ? approximately : []),
    ...timeUnitsOf(said).flatMap((unit) => [unit, `${unit}s`]),
    ...(timeUnitsOf(said).includes('day') ? phrases('working days | working day') : []),
    ...currencies.filter((name) => isCurrencyOf(facts, name)),
  ];
}

const sameCurrency = [
  phrases('euro | euros | eur | €'),
  phrases('dollar | dollars | usd | $'),
  phrases('pound | pounds | gbp | £'),
];

/** True if a field counts in this currency. A field that names none accepts any. */
function isCurrencyOf(facts: FieldFacts, name: string): boolean {
  const said = `${facts.label} ${facts.description ?? ''}`.toLowerCase();
  const named = sameCurrency.filter((names) => names.some((candidate) => hasWord(said, candidate)));
  return named.length === 0 || named.some((names) => names.includes(name));
}

function hasWord(said: string, name: string): boolean {
  if (!/^\w/.test(name)) return said.includes(name);
  return plainWords(said).split(' ').includes(name);
}

function phrases(list: string): string[] {
  return list
    .split(/[|\n]/)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
}
