import { Allow, parse } from 'partial-json';

/**
 * What the person may be shown of an answer that is still growing: the `prompt` of one in JSON, the words before the
 * structure of one in text. Never structure.
 */
export function spokenSoFar(content: string): string {
  const answer = content.trimStart();
  const spoken = answer.startsWith('{') ? promptOf(answer) : beforeStructure(answer);
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
    return typeof prompt === 'string' ? prompt : '';
  } catch {
    return '';
  }
}

// Up to the quote that its text begins with.
const promptFirst = /^\{\s*"prompt"\s*:\s*(?=")/;

const jsonFence = /^ {0,3}```[ \t]*json\b/im;
// The last line, while it may still become the fence of a json block.
const possibleFence = /(?:^|\n) {0,3}(?:`{0,3}|```[ \t]*(?:j|js|jso|json)?)$/i;

function beforeStructure(text: string): string {
  const fence = text.search(jsonFence);
  if (fence !== -1) return text.slice(0, fence);
  const tail = text.slice(-longestFence);
  const from = tail.search(possibleFence);
  return from === -1 ? text : text.slice(0, text.length - tail.length + from);
}

const longestFence = 32;
