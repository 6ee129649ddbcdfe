import { plainWords, straightQuotes } from '../field/plain-words.ts';

const subject = '(?:i|we|they|it|he|she|that|this|there)';
const verb = '(?:do|does|did|have|has|had|am|are|is|was|were|will|can)';

/** Matches a clause that says no from end to end; `yes` matches one that says yes. */
const no = new RegExp(
  '^(?:no|nope|nah|naw|n|not|never|false|negative|none|nobody|no one|nothing|neither|👎|unfortunately not|' +
    "i'm afraid not|don't|do not|of course not|absolutely not|certainly not|definitely not|not that i know of|" +
    "i (?:don't|do not) (?:think|believe) so|i (?:think|guess) not|" +
    `${subject}(?:'(?:s|re|m|ve|ll)| ${verb}| would) not|${subject} (?!could|should|might|may|must)\\w+n't|(?:is|are|has|have|does|do|did|wo|ca)n't)$`,
);
const yes = new RegExp(
  '^(?:yes|yeah|yea|yep|yup|ya|y|sure|surely|ok|okay|of course|certainly|definitely|absolutely|totally|correct|right|' +
    "that's (?:correct|right|true)|indeed|true|affirmative|exactly|naturally|always|already|👍|aye|please do|" +
    `i (?:think|believe|guess|suppose) so|${subject} ${verb})$`,
);
/** Matches words that add nothing to a yes or a no. */
const beside =
  /\b(?:well|um|uh|oh|ah|hmm|actually|please|thanks|thank you|i'd say|as far as i know|for sure|at all|still|currently|really|at the moment|right now|yet|sadly|unfortunately(?! not)|i think(?! so| not)|i guess(?! so| not)|i believe(?! so))(?= |$)/g;
/** Matches a reason after a plain yes or no, which repeats it: "no, it has stopped", "yes, we will need one". */
const reason = new RegExp(`^${subject}(?:'(?:s|re|m|ve|ll))?(?: [\\p{L}\\p{N}']+){1,10}$`, 'u');
const anyReason = new Set(
  'i we they it he she that this there do does did have has had am are is was were will can be been just now one some a an the of it them'.split(
    ' ',
  ),
);
const reasonOfNo = new Set('stopped over ended finished fixed resolved solved gone passed'.split(' '));
const doubtful =
  /\b(?:not|no|never|\w+n't|nobody|nothing|none|yes|yeah|yep|but|except|unless|until|if|or|maybe|perhaps|only|sometimes|partly|however|though|although|depends?|mean|meant|should|could|might|may|would|wrong|sorry|wait|actually)\b/;

/**
 * Reads an answer to a yes/no question; null if it says neither, both, or more than a yes or a no.
 * @param asked the words that the question is asked in
 */
export function readYesNo(text: string, asked: readonly string[] = []): boolean | null {
  if (text.length > 300 || /[<>~≈±=+*/\\^%|]/.test(text) || /^\W*yeah\W*right\b/i.test(text)) return null;
  const clauses = straightQuotes(text)
    .split(/[,.;:!?()–—…\n]+| - /)
    .map((clause) => plainWords(clause).replace(beside, ' ').replace(/ +/g, ' ').trim())
    .filter((clause) => clause !== '');
  const said = clauses.map((clause) => (no.test(clause) ? false : yes.test(clause) ? true : null));
  const [answer] = said;
  if (answer === undefined || answer === null)
    return clauses.length === 1 ? readTwoWords(clauses[0] ?? '') : null;
  const isWhole = clauses.every((clause, index) =>
    said[index] === null ? isReason(clause, answer, asked) : said[index] === answer,
  );
  return isWhole ? answer : null;
}

function isReason(clause: string, answer: boolean, asked: readonly string[]): boolean {
  if (!reason.test(clause) || doubtful.test(clause)) return false;
  const words = clause.replace(/'(?:s|re|m|ve|ll)\b/g, '').split(' ');
  // The words of the question support a yes, and contradict a no.
  return words.every((word) => anyReason.has(word) || (answer ? asked.includes(word) : reasonOfNo.has(word)));
}

/** Reads two ways to say the same without a comma: "yes definitely", "yes we do". */
function readTwoWords(clause: string): boolean | null {
  const words = clause.split(' ');
  for (let length = 1; length < Math.min(words.length, 6); length += 1) {
    const [first, second] = [words.slice(0, length).join(' '), words.slice(length).join(' ')];
    for (const [pattern, value] of [
      [no, false],
      [yes, true],
    ] as const) {
      // "Not no" and "never no" rather mean yes.
      if (!/^(?:not|never)$/.test(first) && pattern.test(first) && pattern.test(second)) return value;
    }
  }
  return null;
}

/** True if a text may only mean that the question was read: "ok" to "Was anybody injured?". */
export function isAcknowledgement(text: string): boolean {
  return /^(?:ok|okay|k|fine|got it|noted|i see)$/.test(plainWords(text));
}

const agreeing = new Set(
  (
    'yes yeah yep yup ya y sure ok okay correct right confirm confirmed confirming good great perfect fine submit ' +
    'send done go approved lgtm absolutely definitely exactly true accurate course 100% 👍 proceed excellent awesome ' +
    'wonderful cool complete'
  ).split(' '),
);
const accompanying = new Set(
  (
    "that that's thats is it it's its look looks all everything everything's seems sounds to me i we can you please " +
    'thanks thank the a for of ahead on well very much and now just do this summary details off in so am happy with ' +
    'are continue next perfectly totally'
  ).split(' '),
);
const declining =
  /\b(?:not|wrong|incorrect|change|mistake|fix|wait|hold|edit|typo|correct(?:ion|ions)|no|nope|nah|isn't|don't)\b|👎/;

/**
 * Reads an answer to "is all of this right?". Only a text that agrees from end to end is a yes: a confirmation can't be
 * taken back, so "yes, but …" is none.
 */
export function readConfirmation(text: string): 'yes' | 'no' | null {
  if (text.includes('?')) return null;
  const words = plainWords(text).split(' ');
  const isAgreement =
    words.length <= 15 &&
    words.every((word) => agreeing.has(word) || accompanying.has(word)) &&
    words.some((word) => agreeing.has(word) || word === 'continue');
  if (isAgreement) return 'yes';
  return declining.test(plainWords(text)) ? 'no' : null;
}
