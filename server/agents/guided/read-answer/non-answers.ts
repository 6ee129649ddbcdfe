import { plainWords } from '../field/plain-words.ts';

const pronoun = '(?:you|this|that|it|i|we|these|those|they|there|he|she|the|your|my)';
const lacking = '(?: (?:one|any|it|that|them|this|a name))?(?: (?:yet|now|right now|at the moment|here))?';
/** Matches a whole text in plain words. Each line is a group of one meaning. */
const nonAnswers = new RegExp(
  [
    'n a|na|none|no|nope|nah|nothing|null|nil|unknown|tba|tbd|tbc|to be (?:announced|decided|determined|confirmed)',
    'not (?:applicable|available|known|sure|yet|now|decided)|undecided|yes|yeah|yep|ok|okay|sure|right|fine|maybe|perhaps',
    'whatever|(?:it )?depends|later|never ?mind|no thanks|skip(?: (?:it|this|that))?|pass|help(?: me)?|what|why|huh|who',
    'oops|(?:please )?(?:wait|hold)(?: please)?|hold on|hang on|(?:wait |just )?(?:a|one) (?:minute|moment|second|sec)|um+|uh+|h+m+|err+|lol|haha|sorry|please',
    "(?:please |can we |let's |let me )?(?:start over|start again|begin again|restart|reset|redo)(?: please)?|from the (?:start|beginning)",
    '(?:undo|delete)(?: that| it)?|back|cancel|stop|quit|exit|same(?: as (?:before|above|last time))?|(?:as|see) (?:before|above|below)|ditto',
    '(?:please |just |you (?:can|may|could) |(?:can|could) you )*(?:call|ring|phone|text|email|mail|write|contact) (?:me|us|him|her|them)' +
      '(?: back| later| again| tomorrow| today| tonight| any ?time| now| soon| first| please| (?:on |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)*',
    String.raw`(?:please )?ask \S+(?: \S+)?`,
    '(?:my|our|his|her|their|the) (?:manager|boss|colleagues?|coworkers?|team|assistant|secretary|ceo|cfo|cto|wife|husband|partner|' +
      'mother|father|mom|mum|dad|son|daughter|brother|sister|friend|lawyer|accountant|company|supplier|vendor|customer|client|(?:usual|same) one)',
    'x{2,9}|xyz|abc|asdf\\w*|qwerty|test(?:ing)?|foo|bar|lorem ipsum|dummy|placeholder|undefined|true|false|t b d|t b a|idem|pending',
    'anonymous|unnamed|no name|secret|confidential|private|classified|redacted|as discussed|see (?:e mail|email|attachment|attached)|under discussion',
    '(?:to|will) follow|coming soon|(?:a )?good question|pardon|come again|(?:say|repeat)(?: (?:again|that|it|the question))?|go away|shut up|fuck off',
    '(?:any|some|every)thing|any|all|both|both of (?:them|these)|all of (?:them|these)|(?:the|this|that) (?:usual|first|second|third|last|other|same|one)(?: one)?|guess(?: what)?|' +
      'well|so|er|up to you|(?:you|i) (?:choose|decide|forgot|know|do)(?: (?:it|who))?|let me .*|yes please',
    'me|myself|i|you|him|her|them|us|(?:some|any|every)(?:one|body)(?: else)?|nobody|no ?one|whoever|no idea|idk|dunno',
    `(?:i )?(?:don't|do not|can't|cannot|won't|will not|wouldn't) (?:know|care|mind|say|tell|answer|remember)${lacking}`,
    `(?:we|i|they|he|she|it) (?:do not|don't|does not|doesn't|did not|didn't) (?:really )?(?:have|need|want|use)${lacking}`,
    `(?:we|i|they|he|she|it) (?:have not|haven't|has not|hasn't) got${lacking}|(?:we|i|they) have none${lacking}`,
    `there (?:is|are) (?:none|nobody|no one)${lacking}|there (?:is not|isn't|aren't)${lacking}`,
    String.raw`(?:who|what|why|how|where|when|which) (?:are|is|do|does|did|should|can|could|will|would|am|was|were) ${pronoun}\b.*`,
    '(?:are|can|could|do|would|will) (?:you|i|we) .*',
  ]
    .map((group, index) => `${index === 0 ? '^(?:' : ''}${group}`)
    .join('|') + ')$',
);

/** True for a short text that speaks to the agent and can't be the value of a name: "n/a", "start over". */
export function isNonAnswer(text: string): boolean {
  if (text.length > 120) return false;
  if (!/[\p{L}\p{N}]/u.test(text)) return true;
  const isTitle = isWrittenAsTitle(text) && /\s/.test(text.trim()) && !/^ask\b/i.test(text.trim());
  return !isTitle && nonAnswers.test(plainWords(text));
}

/** True if no word begins in lower case, so the text is a name: "Who Is It", "Not Just Tea". */
export function isWrittenAsTitle(text: string): boolean {
  return text
    .trim()
    .split(/\s+/)
    .every((word) => !/^\p{Ll}/u.test(word));
}
