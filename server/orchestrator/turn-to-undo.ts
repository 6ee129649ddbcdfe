import type { ConversationKey } from '../domain/identity.ts';
import type { TranscriptTurn } from '../domain/result.ts';
import type { Dependencies } from './dependencies.ts';
import type { LoadedConversation } from './ports/workflow-state-store.ts';

/**
 * Reads the last turn that changed something, under the caller's lease: nothing else can be committed meanwhile.
 * @returns null where no turn did, or the log no longer holds it
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE, CONVERSATION_UNREADABLE
 */
export async function turnToUndo(
  { store }: Dependencies,
  key: ConversationKey,
  { state }: LoadedConversation,
): Promise<TranscriptTurn | null> {
  const number = state?.lastChange;
  if (number === undefined) return null;
  const found = await store.read(key, { turns: 1, upTo: number });
  const turn = found?.turns.at(-1);
  return turn?.turn.number === number ? turn : null;
}
