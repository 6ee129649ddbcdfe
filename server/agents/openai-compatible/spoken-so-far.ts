import { Allow, parse } from 'partial-json';
import { TextParts } from '../../domain/answer-text/text-parts.ts';
import { ThoughtFilter } from '../../domain/answer-text/thought-filter.ts';
import { wordsOf } from '../../domain/answer-text/visible-text.ts';

/**
 * What the person may be shown of an answer that is still growing: the `prompt` of one in JSON, the words before the
 * structure of one in text. Never structure, never thoughts. A closing mark alone makes thoughts of what was said until
 * then: of a model that may write such, words are shown only once that mark has come.
 */
export function spokenSoFar(
  content: string,
  { mayHideThoughts }: { readonly mayHideThoughts: boolean },
): string {
  const thoughts = new ThoughtFilter();
  const { text, isTakenBack } = thoughts.append(content);
  const answer = text.trimStart();
  const isUncertain = mayHideThoughts && thoughts.mayBeTakenBack && !isTakenBack;
  if (!startsAsJson.test(answer)) return isUncertain ? '' : wellFormed(wordsBeforeStructure(answer));
  return wellFormed(promptOf(answer));
}

const startsAsJson = /^[{[]\s*["{]/;

function wellFormed(spoken: string): string {
  const last = spoken.charCodeAt(spoken.length - 1);
  const isHalfCharacter = last >= 0xd800 && last <= 0xdbff;
  return isHalfCharacter ? spoken.slice(0, -1) : spoken;
}

/** The `prompt` where it comes first, as the schema has it; what follows its text is not looked at. */
function promptOf(json: string): string {
  const [before] = promptFirst.exec(json) ?? [];
  if (before === undefined) return '';
  try {
    const prompt: unknown = parse(json.slice(before.length), Allow.STR);
    return typeof prompt === 'string' ? new ThoughtFilter().append(prompt).text : '';
  } catch {
    return '';
  }
}

// Up to the quote that its text begins with.
const promptFirst = /^(?:\[\s*)?\{\s*"prompt"\s*:\s*(?=")/;

function wordsBeforeStructure(text: string): string {
  const parts = new TextParts().append(text);
  const structure = parts.findIndex(({ readings }) => readings.length > 0);
  return wordsOf(structure === -1 ? parts : parts.slice(0, structure));
}
