import { plainWords } from '../plain-words.ts';

const fillers =
  /^(?:(?:well|um|uh|oh|ah|hmm?|so|i (?:think|guess|believe)|i'd say|as far as i know|actually) )+(?=.)/;
const unknown =
  /^(?:(?:i )?(?:really )?(?:don't|do not|dont) (?:really )?know|(?:i'm |im )?not (?:so |quite |really )?(?:sure|certain)|no (?:idea|clue)|never mind|maybe|perhaps|possibly|depends|it depends)\b/;
const no =
  /^(?:no|nope|nah|n|naw|not|never|false|negative|none|👎|nothing|neither|unfortunately not|i'm afraid not|don't|do not|of course not|absolutely not|certainly not|definitely not)(?: |$)/;
const yes =
  /^(?:yes|yeah|yea|yep|yup|ya|y|sure|surely|ok|okay|of course|certainly|definitely|absolutely|totally|correct|right|indeed|true|affirmative|exactly|naturally|always|already|👍|aye|please do)(?: |$)/;
const echo =
  /^(?:i|we|they|it|he|she|you|that|this|there)(?:'(?:s|re|ve|ll|m))? (?:do|does|did|have|has|had|am|are|is|was|were|will|would|can|could|should|think so|believe so|guess so|hope so)\b/;
const negation = /\b(?:not|never|\w+n't)\b/;

/** Reads an answer to a yes/no question; `null` when it says neither. */
export function readYesNo(text: string): boolean | null {
  const said = plainWords(text).replace(fillers, '').slice(0, 300);
  if (unknown.test(said)) return null;
  if (no.test(said) || /^i don't (?:think|believe) so\b/.test(said)) return false;
  if (yes.test(said) || /^i (?:think|believe|guess|suppose|hope) so\b/.test(plainWords(text))) return true;
  const denied = /^(?:it|that|this|they|we|i|he|she|there)(?:'\w+)?(?: \w+)?(?: \w+n't| not\b)/.test(said);
  if (denied || /^(?:isn't|aren't|hasn't|haven't|doesn't|don't|didn't|won't|can't)\b/.test(said))
    return false;
  if (echo.test(said)) return !negation.test(said.split(' ').slice(0, 5).join(' '));
  return null;
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
 * Reads an answer to "is all of this right?". Only a text that agrees from end to end is a yes: what is confirmed
 * can't be taken back, so "yes, but …" is none.
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
