import type { Message } from '../../../contract/message.ts';
import { firstChars } from '../json.ts';
import { limits } from '../limits.ts';
import type { TranscriptTurn } from '../result.ts';

const heading = 'What was said last, oldest first (you were not there; the person need not say it again):';

/**
 * Retells the last turns to an agent that was not there: as many as fit, counted from the newest. Each message is one
 * line of JSON text, so that none can pass for another one, or for the server's words (I10).
 */
export function retellTurns(turns: readonly TranscriptTurn[], maxChars: number): string {
  const lines: string[] = [];
  let left = maxChars - heading.length - 2;
  for (const line of turns.flatMap(linesOf).reverse()) {
    left -= line.length + 1;
    if (left < 0) break;
    lines.unshift(line);
  }
  return lines.length === 0 ? '' : `\n\n${[heading, ...lines].join('\n')}`;
}

function linesOf({ messages }: TranscriptTurn): string[] {
  return messages.flatMap((message) => {
    const said = saidIn(message);
    if (said === null) return [];
    const shown = firstChars(said, limits.retoldMessageChars);
    const more = shown.length < said.length ? ' (shortened)' : '';
    return [`- ${message.role === 'user' ? 'person' : 'you'}: ${JSON.stringify(shown)}${more}`];
  });
}

/** The text of a message; a card, or fields that were set, are told as JSON. */
function saidIn({ text, cardId, card, action, data }: Message): string | null {
  if (data !== undefined)
    return `set fields: ${JSON.stringify(data)}${text === undefined ? '' : `; ${text}`}`;
  if (text !== undefined) return text;
  if (cardId === undefined) return null;
  const taken = action === undefined ? '' : `, action ${JSON.stringify(action)}`;
  return `card ${cardId}${taken}: ${JSON.stringify(card)}`;
}
