import { text } from './activities.ts';
import type { Answer, StreamAnswer } from './answers.ts';
import {
  answersWith,
  refuses,
  resetsTheRequest,
  says,
  saysNothing,
  staysSilent,
  streams,
} from './answers.ts';

const words = 'These words came before the fault, or with it.';

export function saysMuch(characters: number): StreamAnswer {
  return says('x'.repeat(characters));
}

export function saysOften(messages: number): StreamAnswer {
  return answersWith(Array.from({ length: messages }, (_, index) => text(`Message ${index + 1}`)));
}

/** A deeply nested `value`, written by hand: JSON.stringify overflows the stack on it. */
export function nests(levels: number): StreamAnswer {
  const value = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  return streams([{ data: `{"type":"message","text":"Deep","value":${value}}` }]);
}

/** A good message, a frame whose JSON breaks off, and another good message. */
export function breaksOffInAFrame(): StreamAnswer {
  const broken = { data: '{"type":"message","text":"It breaks o' };
  return streams([{ activity: text('Before') }, broken, { activity: text('After') }]);
}

/** Faults by the names that `turnkeeper emulator` takes; none of them needs another host. */
export const faults = {
  unauthorized: refuses(401, { headers: { 'www-authenticate': 'Bearer' } }),
  forbidden: refuses(403),
  'not-found': refuses(404),
  'too-many': refuses(429, { retryAfter: '3' }),
  unavailable: refuses(503, { retryAfter: '3' }),
  'server-error': refuses(500, { body: 'The emulated agent failed, as it was told to.' }),
  empty: saysNothing,
  silence: staysSilent,
  'silence-after-headers': streams([], { ending: 'hang' }),
  'silence-after-words': says(words, { ending: 'hang' }),
  drip: says(words, { pace: { bytes: 8, everyMs: 100 } }),
  drop: says(words, { dropAfterBytes: 60 }),
  reset: resetsTheRequest,
  'no-end': says(words, { ending: 'close' }),
  'bad-json': breaksOffInAFrame(),
  'no-conversation-id': says(words, { conversationIdIn: 'nowhere' }),
  'wrong-content-type': says(words, { contentType: 'text/html' }),
  'large-activity': saysMuch(1_000_000),
  'many-activities': saysOften(10_000),
  'deep-nesting': nests(10_000),
} as const satisfies Readonly<Record<string, Answer>>;

export type FaultName = keyof typeof faults;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** Joins names with commas in lines of at most `columns` columns, so that a terminal cuts no name in two. */
export function foldNames(names: readonly string[], columns: number): string[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  return others.reduce<string[]>(
    (lines, name) => {
      const last = `${lines.at(-1) ?? ''},`;
      const longer = `${last} ${name}`;
      // One column is kept for the comma.
      return longer.length < columns ? [...lines.slice(0, -1), longer] : [...lines.slice(0, -1), last, name];
    },
    [first],
  );
}
