import { firstChars } from '../first-chars.ts';
import { limits } from '../limits.ts';
import type { TurnRecord } from '../result.ts';

const heading = 'What was said last, oldest first (you were not there; the person need not say it again):';

/**
 * The last turns, for an agent that was not there: as many as fit into so many characters, newest first counted. Each
 * message is one line of JSON text, so that none can pass for another's, or for the server's (I10).
 */
export function retellTurns(turns: readonly TurnRecord[], maxChars: number): string {
  const lines: string[] = [];
  let left = maxChars - heading.length - 2;
  for (const line of turns.flatMap(linesOf).reverse()) {
    left -= line.length + 1;
    if (left < 0) break;
    lines.unshift(line);
  }
  return lines.length === 0 ? '' : `\n\n${[heading, ...lines].join('\n')}`;
}

function linesOf({ messages }: TurnRecord): string[] {
  return messages.flatMap(({ role, text }) => {
    if (text === undefined) return [];
    const shown = firstChars(text, limits.retoldMessageChars);
    const more = shown.length < text.length ? ' (shortened)' : '';
    return [`- ${role === 'user' ? 'person' : 'you'}: ${JSON.stringify(shown)}${more}`];
  });
}
