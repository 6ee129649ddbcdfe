import type { Identity } from '../../server/domain/identity.ts';

// The texts of a load, its users and its conversations. This file loads nothing of the server: references use it too.

/** Conversations that a load goes round. */
export const conversationCount = 64;

export const workflowId = 'bench';

const sentence =
  'The quarterly order goes to the warehouse in the harbour, where it is checked against the list before it is shipped. ';

/** Words of this many characters, different for each number. */
function wordsOf(chars: number, number: number): string {
  return `${number}: ${sentence.repeat(Math.ceil(chars / sentence.length))}`.slice(0, chars);
}

/** The user's words in a turn: 200 characters. */
export function userWords(turn: number): string {
  return wordsOf(200, turn);
}

/** The agent's structure in a turn: about 500 bytes as JSON, words for the user and data for the state. */
export function agentStructure(turn: number): {
  action: string;
  prompt: string;
  data: Record<string, string>;
} {
  return { action: 'ask', prompt: wordsOf(320, turn), data: { note: wordsOf(100, turn) } };
}

/** The fields that the first turn fills. */
export const detailNames = Array.from({ length: 12 }, (_, index) => `detail${index + 1}`);

/** The data that the first turn collects: about 2 KB. */
export const openingData = {
  ...Object.fromEntries(detailNames.map((name, index) => [name, wordsOf(150, index)])),
  note: wordsOf(100, 0),
};

/** Returns the user of a conversation: conversations go round the users. */
export function identityOf(conversation: number, users: number): Identity {
  return { tenant: 'bench', user: `user-${conversation % users}` };
}

export function conversationIdOf(conversation: number): string {
  return `conversation-${conversation}`;
}

/** The input of `workflow.turn`; turn 1 opens the conversation. */
export function turnRequest(conversation: number, turn: number) {
  return {
    conversationId: conversationIdOf(conversation),
    workflowId,
    turnId: `turn-${turn}`,
    input: turn === 1 ? ({ type: 'open' } as const) : ({ type: 'text', text: userWords(turn) } as const),
  };
}
